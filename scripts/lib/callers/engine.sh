#!/bin/bash
# engine.sh - the words that Docker and Podman have in common, and the order of the checks that both get.
#
# usage:   sourced by docker.sh and podman.sh, which define `engine`: the client with the options that choose the daemon, the
#          folders and the runtime
# shellcheck disable=SC2154 # inside sets what is not set here

export image=localhost/box

# box OPTION... : COMMAND...: a container of the image that is removed when it has ended
box() {
    local options command
    split "$@"
    engine run --rm --network none "${options[@]}" "$image" "${command[@]}"
}

# begin NAME OPTION... : COMMAND...: one that goes on in the background
begin() {
    local options command container=$1
    shift
    split "$@"
    engine run -d --name "$container" --network none "${options[@]}" "$image" "${command[@]}"
}

# told CONTAINER TEXT: whether its log holds it
told() {
    engine logs "$1" 2>&1 | grep -q -e "$2"
}

# has_child CONTAINER: whether its program has begun another
has_child() {
    pgrep -P "$(pid_of "$1")"
}

# ready CONTAINER: waits until its program answers signals: it then has a child
ready() {
    soon has_child "$1"
}

# about CONTAINER FORMAT: what inspect says
about() {
    engine inspect --type container --format "$2" "$1"
}

# is_so CONTAINER FORMAT VALUE
is_so() {
    [[ $(about "$1" "$2") == "$3" ]]
}

# pid_of CONTAINER: its init, as the machine counts
pid_of() {
    about "$1" '{{.State.Pid}}'
}

# cgroup_of CONTAINER: the folder of its cgroup
cgroup_of() {
    echo "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of "$1")/cgroup")"
}

# in_cgroup CONTAINER FILE: what the kernel says
in_cgroup() {
    cat "$(cgroup_of "$1")/$2"
}

# remove CONTAINER...: whatever they are doing
remove() {
    engine rm -f "$@"
}

for file in inside mounts programs exec life build; do
    # shellcheck source=/dev/null
    . "$folder/engine-$file.sh"
done

engine_checks() {
    parts by_default as_asked otherwise tried mounts programs terminals memory_end exec_forms exec_rights ways_to_look signals \
        pausing updates starting_again health files networks building
}
