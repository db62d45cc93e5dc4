#!/bin/bash
# engine-life.sh - the life of a container: looked at, signalled, paused, changed, stopped and started again.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

ways_to_look() {
    run begin looked -m 64m --label colour=red : sh -c 'echo first; echo second >&2; sleep 1; echo third; sleep 1000; true'
    works 'logs: all' soon told looked third
    is 'logs: the last line' third only_output engine logs --tail 1 looked
    is 'logs: errors apart' 'first third' eval 'echo $(engine logs looked 2> /dev/null)'
    has 'logs: with times' '^20[0-9][0-9]-.*first' engine logs -t looked
    has 'ps: it is shown' 'looked.*Up' engine ps --filter label=colour=red --format '{{.Names}} {{.Status}}'
    is 'inspect: it runs' running about looked '{{.State.Status}}'
    is 'inspect: its process is the init' sh eval 'cat "/proc/$(pid_of looked)/comm"'
    has 'top: its processes' 'sleep 1000' engine top looked
    has 'stats: memory, its limit, and processes' '^[0-9.]+[kKM]?i?B / (64MiB|67.11MB) 2$' \
        engine stats --no-stream --format '{{.MemUsage}} {{.PIDs}}' looked
    run remove looked
    run begin short : sh -c 'echo one; sleep 2; echo two'
    is 'logs: followed to the end' 'one two' eval 'echo $(engine logs -f short)'
    is 'inspect: the status of an ended one' 'exited 0' about short '{{.State.Status}} {{.State.ExitCode}}'
    run remove short
    is 'attach: to its output' 'asked' attached
}

attached() {
    begin attached : polite > /dev/null
    ready attached
    engine attach attached > "$work/attached" &
    sleep 3
    engine kill -s TERM attached > /dev/null
    wait $! || true
    cat "$work/attached"
    remove attached > /dev/null
}

# ended_by COMMAND...: does it to the container `victim`, waits for its end, and prints the status
ended_by() {
    engine start victim > /dev/null
    ready victim
    "$@" > /dev/null
    engine wait victim
}

signals() {
    run engine create --name victim --network none "$image" polite
    is 'kill: by name' 3 ended_by engine kill -s TERM victim
    is 'kill: by name with SIG' 3 ended_by engine kill -s SIGTERM victim
    is 'kill: by number' 4 ended_by engine kill -s 3 victim
    is 'stop: the program ends by itself' 3 ended_by engine stop victim
    refuses 'kill: one that has ended' engine kill victim
    is 'kill: KILL is the default' 137 ended_by engine kill victim
    run remove victim
    run begin handling : polite
    run ready handling
    run engine kill -s USR1 handling
    works 'kill: one that is handled' soon told handling told
    is 'kill: and the container goes on' true about handling '{{.State.Running}}'
    refuses 'kill: no such signal' engine kill -s NOSUCH handling
    run remove handling
    run begin stubborn : sh -c 'trap "" TERM; echo ready; while :; do sleep 0.2; done'
    run ready stubborn
    run engine stop -t 1 stubborn
    is 'stop: it is killed when it does not end' 137 engine wait stubborn
    works 'stop: one that has stopped' engine stop stubborn
    run remove stubborn
    run begin quits --stop-signal QUIT : polite
    run ready quits
    run engine stop quits
    is 'stop: with a signal of its own' 4 engine wait quits
    run remove quits
    ends 'signal: the client passes it on' 3 '' passed_on
    run remove passed
    works 'kill: all processes end with the init' all_ended
}

# the client is told to end, not the container
passed_on() {
    engine run --name passed --network none "$image" polite &
    ready passed
    pkill -TERM -f -- 'run --name passed' || true
    wait $!
}

all_ended() {
    begin family : sh -c 'sleep 4321 & sleep 4321 & wait'
    soon eval '[[ $(pgrep -fc "^sleep 4321") == 2 ]]'
    engine kill family
    soon not pgrep -f '^sleep 4321'
    remove family
}

pausing() {
    run begin still : sh -c 'while :; do date +%N; sleep 0.1; done'
    run engine pause still
    is 'pause: it is told' paused about still '{{.State.Status}}'
    is 'pause: the kernel has it frozen' 1 in_cgroup still cgroup.freeze
    works 'pause: the program does nothing' silent
    refuses 'pause: one that is paused' engine pause still
    run engine unpause still
    is 'unpause: it is told' running about still '{{.State.Status}}'
    is 'unpause: the kernel has it running' 0 in_cgroup still cgroup.freeze
    works 'unpause: the program goes on' not silent
    refuses 'unpause: one that runs' engine unpause still
    run engine pause still
    works 'pause: a paused one can be removed by force' remove still
    is 'pause: and is gone' '' engine ps -aq
}

# silent: the container `still` writes nothing more
silent() {
    local before
    sleep 0.5
    before=$(engine logs still | wc -l)
    sleep 1.5
    [[ $(engine logs still | wc -l) == "$before" ]]
}

updates() {
    run begin changed --memory 64m --memory-swap 64m : sleep 1000
    run engine update --memory 96m --memory-swap 96m changed
    is 'update: memory' 100663296 in_cgroup changed memory.max
    is 'update: no swap as before' 0 in_cgroup changed memory.swap.max
    run engine update --cpus 0.25 changed
    is 'update: a share of the time' '25000 100000' in_cgroup changed cpu.max
    run engine update --cpu-shares 2048 --cpuset-cpus 0 changed
    has 'update: weight' '^(79|174)$' in_cgroup changed cpu.weight
    is 'update: a set' 0 in_cgroup changed cpuset.cpus
    is 'update: what was not named stays' '100663296 25000 100000' eval \
        'echo $(in_cgroup changed memory.max) $(in_cgroup changed cpu.max)'
    works 'update: devices are left alone' engine exec changed sh -c 'echo x > /dev/null'
    run remove changed
}

starting_again() {
    works 'restart: a new process' restarted
    run engine create --name waiting --network none "$image" echo shown
    is 'create: nothing runs yet' created about waiting '{{.State.Status}}'
    is 'start: with the output' shown engine start -a waiting
    is 'start: one that has ended, again' shown engine start -a waiting
    run remove waiting
    is 'restart policy: on failure, twice' 2 failing
    run begin busy : sleep 1000
    run engine rename busy busier
    is 'rename: and exec' yes engine exec busier echo yes
    refuses 'rm: not while it runs' engine rm busier
    works 'rm: by force, all is gone' gone_by_force busier
    works 'many at the same time' many
}

restarted() {
    local before
    begin again : polite
    ready again
    before=$(pid_of again)
    engine restart -t 2 again
    is_so again '{{.State.Running}}' true
    [[ $(pid_of again) != "$before" ]]
    gone "$before"
    remove again
}

failing() {
    begin failing --restart on-failure:2 : sh -c 'exit 1' > /dev/null
    soon is_so failing '{{.RestartCount}}' 2
    about failing '{{.RestartCount}}'
    remove failing > /dev/null
}

# gone_by_force CONTAINER
gone_by_force() {
    local pid cgroup
    pid=$(pid_of "$1")
    cgroup=$(cgroup_of "$1")
    remove "$1"
    soon gone "$pid"
    soon not test -e "$cgroup"
}

many() {
    local n
    for n in 1 2 3 4; do begin "many$n" : sleep 1000 & done
    wait
    for n in 1 2 3 4; do is_so "many$n" '{{.State.Running}}' true; done
    remove many1 many2 many3 many4
}
