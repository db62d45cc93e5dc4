#!/bin/bash
# daemons.sh - starts and ends the daemons of a caller.
#
# usage:   sourced by scripts/lib/callers/inside, which sets $work
# writes:  $work/DAEMON.log, what a daemon said; $work/DAEMON.pid
# shellcheck disable=SC2154 # inside sets what is not set here

# begin_daemon NAME COMMAND...: in the background, in a session of its own
begin_daemon() {
    setsid "${@:2}" < /dev/null >> "$work/$1.log" 2>&1 &
    echo $! > "$work/$1.pid"
}

# end_daemon NAME [SIGNAL]: signals it and waits for its end
end_daemon() {
    local pid
    pid=$(cat "$work/$1.pid")
    kill -s "${2:-TERM}" "$pid"
    soon gone "$pid" || kill -s KILL "$pid"
    rm "$work/$1.pid"
}

# end_daemons: all that run
end_daemons() {
    local file name
    for file in "$work"/*.pid; do
        [[ -e $file ]] || continue
        name=${file##*/}
        end_daemon "${name%.pid}" 2> /dev/null || true
    done
}

# container_cgroups: those that have the id of a container in their names
container_cgroups() {
    find /sys/fs/cgroup -mindepth 2 -type d -regextype egrep -regex '.*/[^/]*[0-9a-f]{64}[^/]*'
}

# remains [FOLDER...]: what a caller and its runtime must not leave when every container is gone: a shim or a monitor, a
# container's cgroup, an entry in a runtime's folder
remains() {
    pgrep -af 'containerd-shim|conmon' || true
    container_cgroups
    find "$@" -mindepth 1 -maxdepth 1 ! -name '.cache:*' 2> /dev/null || true
}

# nothing_left FOLDER...: nothing remains but what other callers had left before ($work/before); says what does
nothing_left() {
    local found
    found=$(remains "$@" | grep -vxFf "$work/before" || true)
    [[ ! $found ]] || { echo "left: $found"; return 1; }
}
