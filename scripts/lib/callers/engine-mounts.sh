#!/bin/bash
# engine-mounts.sh - mounts that change while a container runs, volumes, and namespaces shared with another container.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

mounts() {
    works 'mount: a new one of the machine reaches a slave' propagated slave
    works 'mount: a new one does not reach a private one' not propagated private
    works 'volume: kept from one container to the next' volume
    is 'volume: of another container' kept volumes_from
    refuses 'mount: a folder on a file' box -v "$work/shared/folder:/etc/text" : true
    refuses 'sysctl: of the machine' box --sysctl kernel.panic=7 : true
    has 'device: by a rule' '^: < /x: ok$' box --device-cgroup-rule 'c 10:229 rmw' --cap-add MKNOD : try 'mknod /x c 10 229' ': < /x'
    works 'cgroup: with a parent' below_parent
    run begin owner --ipc shareable : sleep 1000
    works 'namespace: those of another container' same_as owner --pid container:owner --ipc container:owner
    run remove owner
    ends 'init: process 1 is one that reaps, and passes on the status' 5 '^other$' box --init : \
        sh -c '[ $$ = 1 ] || echo other; exit 5'
}

# propagated MODE: whether a mount that the machine makes later is seen in the container
propagated() {
    local folder=$work/shared/$1 seen=''
    mkdir -p "$folder"
    mount -t tmpfs tmpfs "$folder"
    mount --make-shared "$folder"
    mkdir "$folder/inner"
    begin "propagation-$1" --mount "type=bind,source=$folder,target=/mnt,bind-propagation=r$1" : sleep 1000
    mount -t tmpfs tmpfs "$folder/inner"
    touch "$folder/inner/late"
    seen=$(engine exec "propagation-$1" ls /mnt/inner)
    remove "propagation-$1"
    umount "$folder/inner" "$folder"
    [[ $seen == late ]]
}

volume() {
    engine volume create keep
    box -v keep:/keep : sh -c 'echo kept > /keep/x'
    [[ $(box -v keep:/keep : cat /keep/x) == kept ]]
    engine volume rm keep
}

volumes_from() {
    begin with-volume -v /vol : sh -c 'echo kept > /vol/x; sleep 1000' > /dev/null
    soon engine exec with-volume cat /vol/x
    box --volumes-from with-volume : cat /vol/x
    remove with-volume > /dev/null
}

below_parent() {
    local parent=/parent-of-it
    [[ $DRIVER != systemd ]] || parent=parent.slice
    begin child --cgroup-parent "$parent" : sleep 1000
    [[ $(cgroup_of child) == /sys/fs/cgroup/"${parent#/}"/* ]]
    remove child
    rmdir /sys/fs/cgroup/parent-of-it || true
}

# same_as CONTAINER OPTION...: whether one with these options has the pid and ipc namespaces of the other
same_as() {
    local pid
    pid=$(pid_of "$1")
    box "${@:2}" : sh -c 'readlink /proc/self/ns/pid; readlink /proc/self/ns/ipc' |
        diff - <(readlink "/proc/$pid/ns/pid" "/proc/$pid/ns/ipc")
}
