#!/bin/bash
# engine-programs.sh - a program in a container: found and started, its input, output and terminal, and its status brought back.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

programs() {
    is 'run: output and errors are two' out only_output box : sh -c 'echo out; echo err >&2'
    is 'run: the default program, with input' 5 piped 'echo $((2 + 3))' box -i :
    is 'run: a megabyte in and out' 1000000 eval 'head -c 1000000 /dev/zero | box -i : cat | wc -c'
    is 'run: without -i there is no input' 0 piped text box : wc -c
    ends 'run: status 7' 7 '' box : sh -c 'exit 7'
    ends 'run: status 126 of the program itself' 126 '' box : sh -c 'exit 126'
    ends 'run: status 255' 255 '' box : sh -c 'exit 255'
    ends 'run: a program that is not there' 127 'executable file (.*)not found in' box : nosuch
    ends 'run: a path that is not there' 127 'no such file or directory' box : /no/such
    ends 'run: a program that is not executable' 126 '[Pp]ermission denied' box : /etc/text
    has 'run: a script without its interpreter' 'no such file or directory' eval 'box : orphan && exit 1 || true'
    refuses 'run: a folder as program' box : /etc
    is 'run: an entrypoint' 'hello there' box --entrypoint echo : hello there
    is 'run: arguments with blanks and quotes' "a b|'c'|" box : printf '%s|' 'a b' "'c'"
    is 'run: a program found by its folder of work' found box -w /home/app -v "$base/program:/home/app/program" : ./program
    refuses 'run: a user that is not there' box -u nobody-here : true
    refuses 'run: a folder of work that is a file' box -w /etc/text : true
}

terminals() {
    is 'tty: its size is that of ours' '30 100' on_terminal 'box -it : sh -c "sleep 1; stty size"'
    ends 'tty: the status' 9 '' box -t : sh -c 'exit 9'
    has 'tty: it belongs to the user' '^1000 ' box -t -u app : stat -c '%u %g' /dev/pts/0
    ends 'tty: a program that is not there' 127 'not found|no such file' box -t : nosuch
    run begin screen -t : sh -c 'echo shown; sleep 1000'
    works 'tty: in the background, with a log' soon told screen shown
    run remove screen
}

memory_end() {
    run begin greedy --memory 16m --memory-swap 16m : sh -c 'sleep 1; exec dd if=/dev/zero of=/dev/null bs=100M count=1'
    is 'oom: the status' 137 engine wait greedy
    works 'oom: it is told' oom_is_told greedy
    run remove greedy
    has 'oom: of a child, the container goes on' '^alive$' box --memory 16m --memory-swap 16m : \
        sh -c 'dd if=/dev/zero of=/dev/null bs=100M count=1; echo alive'
}
