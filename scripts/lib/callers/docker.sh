#!/bin/bash
# docker.sh - Docker: dockerd, the containerd that it starts, and the client.
#
# usage:   sourced by scripts/lib/callers/inside, which calls `all_checks`
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

# shellcheck source=scripts/lib/callers/engine.sh
. "$folder/engine.sh"

export health_interval=1s missing_to_exec=126

# looked_after WORD: the container `well` is found to be so
looked_after() {
    soon is_so well '{{.State.Health.Status}}' "$1"
}

# oom_is_told CONTAINER: it is known that the kernel ended it for want of memory
oom_is_told() {
    is_so "$1" '{{.State.OOMKilled}}' true
}

engine() {
    command docker --host "unix://$work/docker.sock" "$@"
}

# dockerd: with everything in folders of its own, and the runtime under a name that its file of settings gives
begin_dockerd() {
    begin_daemon dockerd dockerd --config-file "$work/daemon.json" --host "unix://$work/docker.sock" \
        --data-root "$work/data" --exec-root "$work/run" --pidfile "$work/dockerd.number"
    run soon engine version
}

all_checks() {
    printf '{"runtimes": {"tested": {"path": "%s"}}, "default-runtime": "tested", "live-restore": true, "log-level": "warn"}\n' \
        "$runtime" > "$work/daemon.json"
    begin_dockerd
    run eval 'engine import -c "CMD [\"sh\"]" -c "ENV OF_IMAGE=yes PATH=/bin" "$base/rootfs.tar" "$image"'
    is 'info: the default runtime' tested engine info --format '{{.DefaultRuntime}}'
    run begin by-name --runtime tested : sleep 1000
    is 'inspect: the runtime' tested about by-name '{{.HostConfig.Runtime}}'
    works 'the runtime itself knows the container' known_to_runtime
    has 'exec: --privileged has all capabilities' '^CapEff:.0*[13]ff' engine exec --privileged by-name cat /proc/self/status
    run remove by-name
    engine_checks
    parts docker_events docker_update daemon_again shim_killed
    works 'nothing is left' soon nothing_left "$work"/run/runtime-*/moby
}

# entry_of ID: the container's entry in the runtime's own folder
entry_of() {
    find "$work/run" -path '*runtime-*' -type d -name "$1"
}

known_to_runtime() {
    local id
    id=$(about by-name '{{.Id}}')
    "$runtime" --root "$(dirname "$(entry_of "$id")")" state "$id" | grep '"status": "running"'
}

docker_events() {
    local since
    since=$(date +%s)
    run begin eventful -m 16m --memory-swap 16m : sh -c 'sleep 1; exec dd if=/dev/zero of=/dev/null bs=100M count=1'
    run engine wait eventful
    run remove eventful
    run sleep 1
    run engine events --since "$since" --until "$(date +%s)" --format '{{.Action}}'
    cp "$work/out" "$work/events"
    for event in create start oom die destroy; do
        has "events: $event" "^$event\$" cat "$work/events"
    done
}

# what Podman 4 has no option for
docker_update() {
    run begin fewer --pids-limit 50 --cpus 0.5 : sleep 1000
    run engine update --pids-limit 33 fewer
    is 'update: pids' 33 in_cgroup fewer pids.max
    is 'update: pids, and the time stays' '50000 100000' in_cgroup fewer cpu.max
    run remove fewer
}

daemon_again() {
    run begin survivor : polite
    run ready survivor
    run pid_of survivor
    echo "$out" > "$work/before"
    run begin mortal : sh -c 'sleep 5; exit 6'
    end_daemon dockerd
    is 'daemon away: the container lives on' alive eval 'kill -0 "$(cat "$work/before")" && echo alive'
    sleep 6
    begin_dockerd
    is 'daemon back: it knows the container' true about survivor '{{.State.Running}}'
    is 'daemon back: the same process' "$(cat "$work/before")" pid_of survivor
    is 'daemon back: exec' yes engine exec survivor echo yes
    is 'daemon back: the status of one that ended meanwhile' 6 about mortal '{{.State.ExitCode}}'
    is 'daemon back: stop' 3 eval 'engine stop survivor > /dev/null; engine wait survivor'
    run remove survivor mortal
}

shim_killed() {
    run begin orphan : sleep 1000
    run pid_of orphan
    echo "$out" > "$work/before"
    run about orphan '{{.Id}}'
    echo "$out" > "$work/id"
    run pkill -KILL -f -- "[-]id $out "
    works 'shim killed: the container is told to have ended' soon is_so orphan '{{.State.Running}}' false
    works 'shim killed: its process is gone' soon gone "$(cat "$work/before")"
    works 'shim killed: the runtime knows it no more' soon eval '[[ -z $(entry_of "$(< "$work/id")") ]]'
    works 'shim killed: its cgroup is gone' soon eval '[[ ! $(find /sys/fs/cgroup -name "*$(cat "$work/id")*") ]]'
    is 'shim killed: the container can be started again' true eval 'engine start orphan > /dev/null; about orphan "{{.State.Running}}"'
    run remove orphan
}
