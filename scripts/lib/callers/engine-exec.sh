#!/bin/bash
# engine-exec.sh - more programs in a container that runs.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

exec_forms() {
    run begin main -e OF_RUN=yes -w /home/app --hostname main : sleep 1000
    run engine exec -e A=one -u app main describe
    tells 'exec: the environment of the container, and more' '^env: OF_RUN=yes$' '^env: A=one$'
    tells 'exec: the folder of the container' '^cwd: /home/app$'
    tells 'exec: a user by name' '^ids: 1000 1000 2000$'
    tells 'exec: no terminal' '^tty: not a tty$'
    tells 'exec: no descriptor more' '^descriptors: 0 1( 10)? 2$'
    tells 'exec: it sees the processes of the container' '^process: [0-9]+ sleep of '
    tells 'exec: the hostname of the container' '^hostname: main$'
    run engine exec -t -w /tmp -u 1234:5678 main describe
    tells 'exec: a terminal' '^tty: /dev/pts/0$'
    tells 'exec: a folder' '^cwd: /tmp$'
    tells 'exec: a user and group by number' '^ids: 1234 5678$'
    is 'exec: output and errors are two' out only_output engine exec main sh -c 'echo out; echo err >&2'
    ends 'exec: status 7' 7 '' engine exec main sh -c 'exit 7'
    ends 'exec: status through a terminal' 4 '' engine exec -t main sh -c 'exit 4'
    ends 'exec: a program that is not there' "$missing_to_exec" 'executable file (.*)not found in' engine exec main nosuch
    ends 'exec: a program that is not executable' 126 '[Pp]ermission denied' engine exec main /etc/text
    refuses 'exec: a folder that is not there' engine exec -w /no/such main true
    is 'exec: input' 5 piped 'echo $((2 + 3))' engine exec -i main sh
    is 'exec: a megabyte in and out' 1000000 eval 'head -c 1000000 /dev/zero | engine exec -i main cat | wc -c'
    is 'exec: the size of the terminal' '30 100' on_terminal 'engine exec -it main sh -c "sleep 1; stty size"'
    works 'exec: in the background' in_background
    is 'exec: two at the same time' 'one two' two_at_once
    is 'exec: five after another' '01234' eval 'for i in 0 1 2 3 4; do engine exec main echo -n $i; done'
    refuses 'exec: in a container that is not there' engine exec nobody true
    run engine kill main
    refuses 'exec: in one that has ended' engine exec main true
    run remove main
}

in_background() {
    engine exec -d main sh -c 'echo done > /tmp/background'
    soon engine exec main cat /tmp/background
}

two_at_once() {
    local first
    engine exec main sh -c 'echo one; sleep 2' > "$work/first" &
    first=$!
    engine exec main echo two > "$work/second"
    wait "$first"
    echo "$(cat "$work/first") $(cat "$work/second")"
}

# like_the_init FILE PATTERN: these lines of /proc/PID/FILE are the same for the init and for the one that exec started
like_the_init() {
    local ours theirs
    ours=$(pid_of strict)
    theirs=$(pgrep -f '^sleep 777')
    diff <(grep -E "$2" "/proc/$ours/$1") <(grep -E "$2" "/proc/$theirs/$1")
}

exec_rights() {
    run begin strict --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges --pids-limit 50 --memory 64m \
        --ulimit nofile=200:200 --oom-score-adj 300 : sleep 1000
    run engine exec -d strict sleep 777
    run soon pgrep -f '^sleep 777'
    works 'exec: the same cgroup' like_the_init cgroup .
    works 'exec: the same capabilities' like_the_init status '^Cap(Eff|Prm|Bnd)'
    works 'exec: the same seccomp and privileges' like_the_init status '^(Seccomp|NoNewPrivs):'
    works 'exec: the same limits' like_the_init limits 'open files'
    works 'exec: the same oom score' like_the_init oom_score_adj .
    run engine pause strict
    refuses 'exec: not in a paused one' engine exec strict true
    run engine unpause strict
    run remove strict
}
