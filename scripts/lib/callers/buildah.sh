#!/bin/bash
# buildah.sh - Buildah: programs run in working containers, and images built from a file.
#
# usage:   sourced by scripts/lib/callers/inside
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

buildah() {
    command buildah --root "$work/root" --runroot "$work/runroot" --storage-driver overlay "$@"
}

# box OPTION... : COMMAND...: in the working container `work`
box() {
    local options command
    split "$@"
    buildah run --runtime "$runtime" "${options[@]}" work -- "${command[@]}"
}

# from NAME OPTION...: another working container of the image
from() {
    buildah from --name "$1" --network none "${@:2}" localhost/box > /dev/null
}

all_checks() {
    export BUILDAH_ISOLATION=oci
    run buildah from --name scratch scratch
    run buildah add scratch "$base/rootfs.tar" /
    run buildah config --env OF_IMAGE=yes --env PATH=/bin --cmd sh scratch
    works 'commit: an image from scratch' buildah commit scratch localhost/box
    run from work
    parts buildah_programs buildah_options buildah_builds
    run buildah rm --all
    works 'nothing is left' soon nothing_left "/run/$name"
}

buildah_programs() {
    is 'run: output' hello only_output box : echo hello
    is 'run: output and errors are two' out only_output box : sh -c 'echo out; echo err >&2'
    is 'run: input' 5 only_output piped 'echo $((2 + 3))' box : sh
    ends 'run: status 7' 7 'exit status 7' box : sh -c 'exit 7'
    ends 'run: status 126 of the program itself' 126 '' box : sh -c 'exit 126'
    refuses 'run: a program that is not there' box : nosuch
    has 'run: and it is said' 'executable file (.*)not found in' eval 'box : nosuch || true'
    has 'run: a path that is not there' 'no such file or directory' eval 'box : /no/such || true'
    has 'run: a program that is not executable' 'permission denied' eval 'box : /etc/text || true'
    is 'run: a terminal' /dev/pts/0 on_terminal 'box --terminal : tty'
    ends 'run: status through a terminal' 4 '' on_terminal 'box --terminal : sh -c "exit 4"'
    is 'run: what one writes, the next reads' kept only_output eval 'box : sh -c "echo kept > /kept"; box : cat /kept'
    works 'run: killed, it leaves nothing' killed
}

# the client is told to end while the container runs
killed() {
    box : sleep 6543 &
    soon pgrep -f '^/bin/sleep 6543'
    pkill -TERM -f -- '[w]ork -- sleep 6543' || true
    soon not pgrep -f '^/bin/sleep 6543'
    wait
}

buildah_options() {
    run box --env A=one --user app --workingdir /home/app --hostname other --volume "$base:/mnt:ro" --cap-add CAP_NET_ADMIN \
        --mount type=tmpfs,destination=/t --pid host --ipc host : sh -c 'describe; try "touch /mnt/x" "cat /mnt/variables"'
    tells 'env: a variable' '^env: A=one$'
    tells 'env: of the image' '^env: OF_IMAGE=yes$'
    tells 'user: by name' '^ids: 1000 1000'
    tells 'cwd' '^cwd: /home/app$'
    tells 'hostname' '^hostname: other$'
    tells 'mount: a folder' '^cat /mnt/variables: B=two C=three ok$'
    tells 'mount: read-only' '^touch /mnt/x: .*Read-only'
    tells 'mount: a tmpfs' '^mounts: [^ ]+ /t tmpfs '
    tells 'capability: one more' '^status: CapBnd:.[0-9a-f]{12}[1357bdf]'
    tells 'seccomp: there is a filter' '^status: Seccomp:.2$'
    tells 'network: there is lo' '^links: .*lo'
    tells 'namespace: pid of the machine' "$(ours pid)"
    tells 'namespace: ipc of the machine' "$(ours ipc)"
    run from limited --memory 32m --cpu-shares 512 --ulimit nofile=100:200 --shm-size 8m --device /dev/fuse
    run buildah run --runtime "$runtime" --user 1234:5678 --cap-drop CAP_CHOWN limited -- sh -c 'describe; try ": <> /dev/fuse"'
    tells 'memory: limit' '^memory.max: 33554432$'
    tells 'cpu: weight' '^cpu.weight: (20|59)$'
    tells 'ulimit: files' '^limits: Max open files +100 +200 '
    tells 'shm: its size' '^mounts: [^ ]+ /dev/shm .*size=8192k'
    tells 'device' '^devices: .*fuse'
    tells 'user: number and group' '^ids: 1234 5678'
    tells 'capability: one less' '^status: CapBnd:.[0-9a-f]{15}[02468ace]$'
    run from mapped --userns-uid-map 0:100000:1000 --userns-gid-map 0:100000:1000
    has 'a user namespace' '^0 0$' buildah run --runtime "$runtime" mapped -- sh -c 'echo $(id -u) $(stat -c %u /etc/text)'
}

buildah_builds() {
    local context=$work/context
    mkdir -p "$context"
    echo copied > "$context/file"
    printf '%s\n' "FROM localhost/box" 'ENV A=built' 'WORKDIR /home/app' 'COPY file .' 'RUN echo $A > result && id -u >> result' \
        'USER app' 'RUN id -u > /tmp/result' 'RUN --mount=type=tmpfs,target=/mnt touch /mnt/x' > "$context/Dockerfile"
    works 'build: an image' buildah build --runtime "$runtime" --network none -t built "$context"
    is 'build: what its steps did' 'copied built 0 1000' eval 'buildah from --name after --network none built > /dev/null
        echo $(buildah run --runtime "$runtime" after -- cat file result /tmp/result)'
    printf '%s\n' "FROM localhost/box" 'RUN exit 9' > "$context/Failing"
    ends 'build: the status of a step that fails' 9 'exit status 9' \
        buildah build --runtime "$runtime" --network none -f "$context/Failing" "$context"
    printf '%s\n' "FROM localhost/box AS one" 'RUN echo first > /x' 'FROM localhost/box' 'COPY --from=one /x /y' 'RUN cat /y' > "$context/Stages"
    has 'build: in stages' '^first$' buildah build --runtime "$runtime" --network none -f "$context/Stages" "$context"
    is 'build: with the network of the machine' yes only_output eval 'printf "FROM localhost/box\nRUN echo yes > /z\n" > "$work/context/Host"
        buildah build --runtime "$runtime" --network host -t host -f "$work/context/Host" "$work/context" > /dev/null 2>&1
        buildah from --name onhost --network host host > /dev/null; buildah run --runtime "$runtime" onhost -- cat /z'
}
