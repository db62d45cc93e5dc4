#!/bin/bash
# as-runc.sh - a part of each caller with no setting of a runtime at all: each finds the tested one under the name runc.
#
# usage:   sourced by scripts/lib/callers/inside, for which this is one caller more
# writes:  over /usr/sbin/runc or wherever the machine's runc is, by a mount; removed at the end
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

image=localhost/box:latest
export image

docker() {
    command docker --host "unix://$work/docker.sock" "$@"
}

podman() {
    command podman --log-level error --root "$work/graph" --runroot "$work/runroot" --tmpdir "$work/tmp" \
        --storage-driver overlay --cgroup-manager cgroupfs --events-backend file --runtime runc "$@"
}

buildah() {
    command buildah --root "$work/graph" --runroot "$work/runroot" --storage-driver overlay "$@"
}

ctr() {
    command ctr --address "$work/containerd.sock" --namespace checks "$@"
}

all_checks() {
    local there
    there=$(command -v runc)
    cp "$there" "$work/runc-before"
    works 'made by runc before: they are made' before_us
    mount --bind "$runtime" "$there"
    works 'the name runc is the tested runtime' cmp "$runtime" "$there"
    has 'version: go-runc and nerdctl read its first line' '^runc version [^ ]+$' runc --version
    parts made_before as_runc_containerd as_runc_docker as_runc_podman as_runc_buildah
    umount "$there"
}

# before_us: containers that the machine's own runc makes, in the folder where it keeps them if nobody says otherwise
before_us() {
    local name
    mkdir -p "$work/bundle"
    cd "$work/bundle" || return
    "$work/runc-before" spec
    sed -i 's/"terminal": true/"terminal": false/; s/"sh"$/"sleep", "1234"/; s|"path": "rootfs"|"path": "'"$base/rootfs"'"|' config.json
    for name in old-running old-created; do
        "$work/runc-before" create "$name" < /dev/null > "$work/$name.out" 2>&1 || { cat "$work/$name.out"; return 1; }
    done
    "$work/runc-before" start old-running
}

made_before() {
    has 'made by runc before: state' '"status": "running"' runc state old-running
    has 'made by runc before: state of a created one' '"status": "created"' runc state old-created
    is 'made by runc before: list' 'old-created old-running' eval 'echo $(runc list -q)'
    is 'made by runc before: exec' there runc exec old-running echo there
    works 'made by runc before: pause and resume' eval 'runc pause old-running && runc resume old-running'
    works 'made by runc before: start' runc start old-created
    has 'made by runc before: it was started' '"status": "running"' runc state old-created
    works 'made by runc before: kill' runc kill old-running KILL
    works 'made by runc before: it has stopped' soon eval 'runc state old-running | grep "\"stopped\""'
    works 'made by runc before: delete' runc delete old-running
    works 'made by runc before: delete by force' runc delete --force old-created
    is 'made by runc before: nothing is left' '' eval 'runc list -q; ls -A /run/runc | grep -v "^[.]cache:" || true; pgrep -f "^sleep 1234" || true'
}

as_runc_containerd() {
    printf '%s\n' 'version = 2' "root = \"$work/root\"" "state = \"$work/state\"" 'disabled_plugins = ["io.containerd.grpc.v1.cri"]' \
        '[grpc]' "address = \"$work/containerd.sock\"" '[ttrpc]' "address = \"$work/containerd.sock.ttrpc\"" > "$work/config.toml"
    begin_daemon containerd containerd --config "$work/config.toml"
    run soon ctr version
    run ctr images import "$base/image.tar"
    is 'containerd: run' hello only_output ctr run --rm "$image" one /bin/echo hello
    ends 'containerd: the status' 7 '' ctr run --rm "$image" two /bin/sh -c 'exit 7'
    run ctr run --detach --null-io "$image" three sleep 1000
    is 'containerd: exec' yes ctr tasks exec --exec-id e three echo yes
    run ctr tasks pause three
    has 'containerd: pause' 'PAUSED' ctr tasks ls
    run ctr tasks resume three
    works 'containerd: removed' ctr tasks rm -f three
    end_daemon containerd
}

as_runc_docker() {
    printf '{"log-level": "warn", "exec-opts": ["native.cgroupdriver=cgroupfs"]}\n' > "$work/daemon.json"
    begin_daemon dockerd dockerd --config-file "$work/daemon.json" --host "unix://$work/docker.sock" --data-root "$work/data" \
        --exec-root "$work/run" --pidfile "$work/dockerd.number"
    run soon docker version
    run docker import -c 'ENV PATH=/bin' "$base/rootfs.tar" box
    is 'docker: run' hello docker run --rm --network none box echo hello
    ends 'docker: the status' 7 '' docker run --rm --network none box sh -c 'exit 7'
    ends 'docker: a program that is not there' 127 'executable file (.*)not found in' docker run --rm --network none box nosuch
    is 'docker: the version of its runtime' "$(runc --version | sed -n 's/^runc version //p')" \
        docker version --format '{{range .Server.Components}}{{if eq .Name "runc"}}{{.Version}}{{end}}{{end}}'
    run docker run -d --name kept --network none box sleep 1000
    is 'docker: exec' yes docker exec kept echo yes
    run docker pause kept
    is 'docker: pause' paused docker inspect --format '{{.State.Status}}' kept
    run docker unpause kept
    works 'docker: removed' docker rm -f kept
    mkdir -p "$work/context"
    echo copied > "$work/context/file"
    printf '%s\n' 'FROM box' 'COPY file /file' 'RUN id -u > /result && cat /proc/self/status | grep ^Seccomp: >> /result' \
        'RUN ["cat", "/result"]' 'CMD cat /file /result' > "$work/context/Dockerfile"
    printf '%s\n' 'FROM box' 'RUN exit 9' > "$work/context/Failing"
    for DOCKER_BUILDKIT in 0 1; do
        export DOCKER_BUILDKIT
        works "docker build, BuildKit $DOCKER_BUILDKIT: an image" \
            docker build --network none --no-cache -t "built$DOCKER_BUILDKIT" "$work/context"
        is "docker build, BuildKit $DOCKER_BUILDKIT: what its steps did" 'copied 0 Seccomp: 2' \
            eval "echo \$(docker run --rm --network none built$DOCKER_BUILDKIT)"
        has "docker build, BuildKit $DOCKER_BUILDKIT: the status of a step that fails" '(code: |status |code )9' eval \
            'docker build --network none --no-cache -f "$work/context/Failing" "$work/context" && exit 1 || true'
    done
    unset DOCKER_BUILDKIT
    works 'docker build: no container of a step is left' eval \
        '[[ ! $(find "$work/data/buildkit/executor" -mindepth 1 -maxdepth 1 -type d 2> /dev/null) && ! $(runc --root "$work/data/buildkit/executor" list -q 2> /dev/null) ]]'
    end_daemon dockerd
}

as_runc_podman() {
    run eval 'podman import -c "ENV PATH=/bin" "$base/rootfs.tar" box'
    is 'podman: the runtime' 'runc' podman info --format '{{.Host.OCIRuntime.Name}}'
    is 'podman: run' hello podman run --rm --network none box echo hello
    ends 'podman: the status' 7 '' podman run --rm --network none box sh -c 'exit 7'
    run podman run -d --name kept --network none box sleep 1000
    is 'podman: exec' yes podman exec kept echo yes
    run podman pause kept
    is 'podman: pause' paused podman inspect --format '{{.State.Status}}' kept
    run podman unpause kept
    works 'podman: removed' podman rm -f -t 0 kept
}

as_runc_buildah() {
    export BUILDAH_ISOLATION=oci
    run buildah from --name work --network none box
    is 'buildah: run' hello only_output buildah run --runtime runc work -- echo hello
    ends 'buildah: the status' 7 'exit status 7' buildah run --runtime runc work -- sh -c 'exit 7'
    run buildah rm --all
}
