#!/bin/bash
# ways.sh - each command and each file of settings in README.md's "Ways in", tried with Debian's callers.
#
# usage:   sourced by scripts/lib/callers/inside, for which the README's callers are one caller more
# shellcheck disable=SC2154 # inside sets $folder, $base, $work, $caller, $runtime

# block LANGUAGE CALLER: the lines of such a block of the README
block() {
    awk -v first="\`\`\`$1 $2" '$0 == "```" { on = 0 } on; $0 == first { on = 1 }' "$folder/../../README.md"
}

# says_hello CALLER: each line of its commands
says_hello() {
    local line count=0
    while read -r line; do
        is "$1: $line" hello only_output bash -c "$line"
        count=$((count + 1))
    done < <(block sh "$1")
    verdict "$1: there are commands" "$( ((count > 0)) || echo none)"
}

all_checks() {
    # what stands there is what is tried
    install "$runtime" /usr/local/bin/apus
    parts way_containerd way_docker way_podman way_buildah ways_of_others
}

way_containerd() {
    export CONTAINERD_ADDRESS=$work/containerd.sock
    { block toml containerd; printf '%s\n' '[grpc]' "address = \"$work/containerd.sock\"" \
        '[ttrpc]' "address = \"$work/containerd.sock.ttrpc\""; } > "$work/config.toml"
    has 'containerd: its settings are read' 'BinaryName = "/usr/local/bin/apus"' containerd --config "$work/config.toml" config dump
    begin_daemon containerd containerd --config "$work/config.toml" --root "$work/root" --state "$work/state"
    run soon ctr version
    run ctr images import "$base/image.tar"
    run ctr images tag localhost/box:latest docker.io/library/debian:latest
    says_hello containerd
    end_daemon containerd
}

way_docker() {
    export DOCKER_HOST=unix://$work/docker.sock
    block json docker > "$work/daemon.json"
    begin_daemon dockerd dockerd --config-file "$work/daemon.json" --host "$DOCKER_HOST" --data-root "$work/data" \
        --exec-root "$work/run" --pidfile "$work/dockerd.number"
    run soon docker version
    run docker import "$base/rootfs.tar" debian
    says_hello docker
    end_daemon dockerd
}

way_podman() {
    export CONTAINERS_STORAGE_CONF=$work/storage.conf
    block toml podman > /etc/containers/containers.conf
    # the journal, where events would go, is systemd's, which this machine has not
    mkdir -p /etc/containers/containers.conf.d
    printf '%s\n' '[engine]' 'events_logger = "file"' > /etc/containers/containers.conf.d/machine.conf
    printf '%s\n' '[storage]' 'driver = "overlay"' "graphroot = \"$work/graph\"" "runroot = \"$work/runroot\"" > "$CONTAINERS_STORAGE_CONF"
    run podman import "$base/rootfs.tar" debian
    says_hello podman
}

way_buildah() {
    run buildah from --name debian-working-container scratch
    run buildah add debian-working-container "$base/rootfs.tar" /
    run buildah config --env PATH=/bin debian-working-container
    says_hello buildah
    run buildah rm --all
}

ways_of_others() {
    local other
    for other in crio nvidia; do
        block toml "$other" > "$work/$other.toml"
        has "$other: its settings are well-formed" /usr/local/bin/apus python3 -c \
            'import sys, tomllib; print(tomllib.load(open(sys.argv[1], "rb")))' "$work/$other.toml"
    done
}
