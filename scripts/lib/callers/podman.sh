#!/bin/bash
# podman.sh - Podman as root, with conmon; and its pods.
#
# usage:   sourced by scripts/lib/callers/inside
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

# shellcheck source=scripts/lib/callers/engine.sh
. "$folder/engine.sh"

# there is no systemd that would look after the health of containers at intervals
export DISABLE_HC_SYSTEMD=true health_interval=disable missing_to_exec=127
export CONTAINERS_CONF=$work/containers.conf

# oom_is_told CONTAINER: conmon saw it in the cgroup. It writes the file `oom` where it is, and Podman 4.3, which looks for
# it in the container's folder, does not start it there: inspect has no OOMKilled with any runtime.
oom_is_told() {
    rm "$work/oom"
}

engine() {
    cd "$work" || return
    podman --log-level error --root "$work/root" --runroot "$work/runroot" --tmpdir "$work/tmp" --network-config-dir "$work/networks" \
        --storage-driver overlay --runtime "$name" "$@"
}

# remove CONTAINER...: without the seconds that Podman gives even to what it removes by force
remove() {
    engine rm -f -t 0 "$@"
}

all_checks() {
    printf '%s\n' '[containers]' 'log_driver = "k8s-file"' '[engine]' "cgroup_manager = \"$DRIVER\"" 'events_logger = "file"' \
        'runtime_supports_json = ["crun", "runc", "apus"]' '[engine.runtimes]' "$name = [\"$runtime\"]" \
        '[network]' 'network_backend = "netavark"' > "$CONTAINERS_CONF"
    run eval 'engine import -c "CMD [\"sh\"]" -c "ENV OF_IMAGE=yes" -c "ENV PATH=/bin" "$base/rootfs.tar" "$image"'
    is 'info: the runtime' "$name $runtime" engine info --format '{{.Host.OCIRuntime.Name}} {{.Host.OCIRuntime.Path}}'
    run begin by-name : sleep 1000
    is 'inspect: the runtime' "$name" about by-name '{{.OCIRuntime}}'
    run remove by-name
    engine_checks
    parts more_of_podman podman_events pods
    works 'nothing is left' soon nothing_left /run/"$name"
    parts monitor_killed
}

# looked_after WORD: the container `well` is found to be so
looked_after() {
    engine healthcheck run well || true
    is_so well '{{.State.Health.Status}}' "$1"
}

more_of_podman() {
    run engine secret create word "$base/variables"
    run box --umask 0027 --secret word : sh -c 'describe; cat /run/secrets/word'
    tells 'podman: umask' '^umask: 0027$'
    tells 'podman: a secret' '^B=two$'
    run box --uidmap 0:100000:1000 : sh -c 'describe; stat -c "owner: %u" /etc/text'
    tells 'podman: a user namespace' '^uid_map: +0 +100000 +1000$'
    tells 'podman: its files belong to it' '^owner: 0$'
    has 'podman: read-only, with its tmpfs' '^touch .* ok$' box --read-only --read-only-tmpfs : try 'touch /tmp/x /run/x'
    run engine secret rm word
    is 'podman: descriptors that are kept' kept eval 'exec 3< <(echo kept); box --preserve-fds 1 : cat /proc/self/fd/3'
    is 'podman: a root filesystem without an image' from-rootfs \
        engine run --rm --network none --rootfs "$base/rootfs" echo from-rootfs
    is 'podman: and below an overlay' ok engine run --rm --network none --rootfs "$base/rootfs:O" sh -c 'touch /new && echo ok'
    run engine create --name prepared --network none "$image" sleep 1000
    run engine init prepared
    is 'podman: init, before start' initialized about prepared '{{.State.Status}}'
    run engine start prepared
    is 'podman: init, after start' running about prepared '{{.State.Status}}'
    run remove prepared
}

podman_events() {
    run begin eventful : sleep 1000
    run engine pause eventful
    run engine unpause eventful
    run engine exec eventful true
    run remove eventful
    run engine events --stream=false --filter container=eventful --format '{{.Status}}'
    cp "$work/out" "$work/events"
    for event in create init start pause unpause exec died remove; do
        has "events: $event" "^$event\$" cat "$work/events"
    done
}

pods() {
    run engine pod create --name many --infra-image "$image" --infra-command 'sleep 1000' --share net,ipc,uts --network none
    run engine run -d --pod many --name one "$image" sleep 1000
    run engine run -d --pod many --name two "$image" polite
    is 'pod: two containers and its own' 3 eval 'engine ps --filter pod=many -q | wc -l'
    works 'pod: one network' eval \
        '[[ $(engine exec one readlink /proc/self/ns/net) == "$(engine exec two readlink /proc/self/ns/net)" ]]'
    works 'pod: two sets of processes' not eval \
        '[[ $(engine exec one readlink /proc/self/ns/pid) == "$(engine exec two readlink /proc/self/ns/pid)" ]]'
    run engine pod pause many
    is 'pod: paused' paused about one '{{.State.Status}}'
    run engine pod unpause many
    is 'pod: goes on' running about one '{{.State.Status}}'
    has 'pod: top' 'sleep 1000' engine pod top many
    run engine pod stop -t 2 many
    is 'pod: stopped' 'exited 3' about two '{{.State.Status}} {{.State.ExitCode}}'
    run engine pod start many
    is 'pod: started again' running about two '{{.State.Status}}'
    run engine pod rm -f -t 0 many
    is 'pod: removed' 0 eval 'engine ps -aq | wc -l'
    printf '%s\n' 'apiVersion: v1' 'kind: Pod' 'metadata: {name: played}' 'spec:' '  hostNetwork: true' '  containers:' \
        "  - {name: main, image: $image, command: [sh, -c, 'echo \$GREETING; sleep 1000'], env: [{name: GREETING, value: hello}]," \
        '     resources: {limits: {memory: 64Mi}}}' > "$work/pod.yaml"
    works 'kube: played' engine play kube "$work/pod.yaml"
    works 'kube: its program' soon told played-main hello
    is 'kube: its limit' 67108864 in_cgroup played-main memory.max
    works 'kube: taken down' engine play kube --down "$work/pod.yaml"
}

monitor_killed() {
    run begin orphan : sleep 1000
    run pid_of orphan
    echo "$out" > "$work/orphan"
    run about orphan '{{.Id}}'
    run pkill -KILL -f -- "[c]onmon .*-c $out"
    works 'monitor killed: the container can be removed' remove orphan
    works 'monitor killed: its process is gone' soon gone "$(cat "$work/orphan")"
    is 'monitor killed: no container is left' '' engine ps -aq
}
