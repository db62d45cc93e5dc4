#!/bin/bash
# containerd.sh - containerd, its shim io.containerd.runc.v2 with BinaryName, and ctr.
#
# usage:   sourced by scripts/lib/callers/inside
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

image=localhost/box:latest
export image

ctr() {
    command ctr --address "$work/containerd.sock" --namespace checks "$@"
}

begin_containerd() {
    begin_daemon containerd containerd --config "$work/config.toml"
    run soon ctr version
}

# ctr_run NAME OPTION... : COMMAND...
ctr_run() {
    local options command container=$1
    shift
    split "$@"
    # ctr, unlike the kubelet, says nothing to systemd by itself
    if [[ $DRIVER == systemd ]]; then
        options+=(--runc-systemd-cgroup)
        [[ " ${options[*]} " == *' --cgroup '* ]] || options+=(--cgroup "system.slice:checks:$container")
    fi
    ctr run --runc-binary "$runtime" --runc-root "$work/runtime" "${options[@]}" "$image" "$container" "${command[@]}"
}

# box OPTION... : COMMAND...: one that is removed when it has ended
box() {
    ctr_run "c$RANDOM$RANDOM" --rm "$@"
}

# begin NAME OPTION... : COMMAND...: one in the background
begin() {
    ctr_run "$1" --detach --null-io "${@:2}"
}

# task NAME: the line that `ctr tasks list` has of it: its name, pid and status
task() {
    ctr tasks ls | awk -v name="$1" '$1 == name { print $3 }'
}

pid_of() {
    ctr tasks ls | awk -v name="$1" '$1 == name { print $2 }'
}

is_so() {
    [[ $(task "$1") == "$2" ]]
}

in_cgroup() {
    cat "/sys/fs/cgroup$(sed -n 's/^0:://p' "/proc/$(pid_of "$1")/cgroup")/$2"
}

remove() {
    ctr tasks rm -f "$1" || true
    ctr containers rm "$1"
}

all_checks() {
    printf '%s\n' 'version = 2' "root = \"$work/root\"" "state = \"$work/state\"" 'disabled_plugins = ["io.containerd.grpc.v1.cri"]' \
        '[grpc]' "address = \"$work/containerd.sock\"" '[ttrpc]' "address = \"$work/containerd.sock.ttrpc\"" > "$work/config.toml"
    begin_containerd
    ctr events > "$work/events" 2>&1 &
    echo $! > "$work/events.pid"
    run ctr images import "$base/image.tar"
    has 'image: imported' "$image" ctr images ls -q
    parts ctr_programs ctr_options ctr_looks ctr_exec ctr_life ctr_events containerd_again ctr_shim_killed
    works 'nothing is left' soon nothing_left "$work/runtime/checks"
}

# typed TEXT COMMAND...: a shell's input, which goes on for a while: ctr misses an end of input that comes before the task
typed() {
    { printf '%s; exit\n' "$1"; sleep 3; } | "${@:2}"
}

ctr_programs() {
    is 'run: output and errors are two' out only_output box : sh -c 'echo out; echo err >&2'
    is 'run: input' 5 typed 'echo $((2 + 3))' box : sh
    is 'run: output of a megabyte' 1000000 eval 'box : head -c 1000000 /dev/zero | wc -c'
    ends 'run: status 7' 7 '' box : sh -c 'exit 7'
    ends 'run: status 126 of the program itself' 126 '' box : sh -c 'exit 126'
    ends 'run: a program that is not there' 1 'executable file (.*)not found in' box : nosuch
    ends 'run: a path that is not there' 1 'no such file or directory' box : /no/such
    ends 'run: a program that is not executable' 1 'permission denied' box : /etc/text
    works 'run: after a failure nothing is left' eval '[[ -z $(ctr tasks ls -q; ls -A "$work/runtime/checks") ]]'
    is 'run: the size of the terminal' '30 100' on_terminal 'box --tty : sh -c "sleep 1; stty size"'
    ends 'run: status through a terminal' 4 '' on_terminal "box --tty : sh -c 'exit 4'"
}

ctr_options() {
    local all
    all=$(sed -n 's/^CapBnd:\t//p' /proc/1/status)
    run box --env A=one --env-file "$base/variables" --cwd /home/app --read-only --net-host --with-ns ipc:/proc/self/ns/ipc \
        --cap-add CAP_NET_ADMIN --cap-drop CAP_CHOWN --seccomp --device /dev/fuse \
        --mount "type=bind,src=$base,dst=/mnt,options=rbind:ro" --mount 'type=tmpfs,src=tmpfs,dst=/tmp,options=size=64k' : \
        sh -c 'describe; try ": <> /dev/fuse" "touch /mnt/x" "cat /mnt/variables" "chown 1:1 /tmp"'
    tells 'env: a variable' '^env: A=one$'
    tells 'env: of the image' '^env: OF_IMAGE=yes$'
    tells 'env: a file of variables' '^env: B=two$' '^env: C=three$'
    tells 'cwd' '^cwd: /home/app$'
    tells 'read-only' '^mounts: [^ ]+ / [^ ]+ ro,'
    tells 'mount: a folder' '^cat /mnt/variables: B=two C=three ok$'
    tells 'mount: read-only' '^touch /mnt/x: .*Read-only'
    tells 'mount: a tmpfs' '^mounts: [^ ]+ /tmp tmpfs .*size=64k'
    tells 'network: of the machine' "$(ours net)"
    tells 'namespace: by its path' "$(ours ipc)"
    lacks 'namespace: pid of its own' "$(ours pid)"
    tells 'capability: one more' '^status: CapEff:.[0-9a-f]{12}[1357bdf]'
    tells 'capability: one less' '^chown .*not permitted'
    tells 'no new privileges, the default' '^status: NoNewPrivs:.1$'
    tells 'seccomp: the default profile' '^status: Seccomp:.2$'
    tells 'device' '^: <> /dev/fuse: ok$'
    run box --privileged --allow-new-privs : describe
    tells 'privileged' "^status: CapEff:.$all\$"
    tells 'new privileges' '^status: NoNewPrivs:.0$'
    tells 'network: of its own' '^links: lo$'
    has 'seccomp: a profile of our own' 'not permitted' box --seccomp --seccomp-profile "$base/profile.json" : try 'mkdir /tmp/x'
    is 'rootfs: a folder without an image' hello \
        command ctr --address "$work/containerd.sock" run --rm --runc-binary "$runtime" --rootfs "$base/rootfs" by-folder /bin/echo hello
    has 'a user namespace' '^uid_map: +0 +100000 +1000$' box --uidmap 0:100000:1000 --gidmap 0:100000:1000 : describe
    ends 'oom: the status' 137 '' box --memory-limit 16777216 : dd if=/dev/zero of=/dev/null bs=100M count=1
}

ctr_looks() {
    local wish=/by-name/of-it path=/by-name/of-it
    [[ $DRIVER != systemd ]] || wish=system.slice:by-name:of-it path=/system.slice/by-name-of-it.scope
    run begin looked --annotation colour=red --pid-file "$work/pidfile" --memory-limit 33554432 --cpus 1.5 \
        --cgroup "$wish" : sleep 1000
    is 'pid file' "$(cat "$work/pidfile")" pid_of looked
    has 'annotation: the runtime is told' '"colour": *"red"' "$runtime" --root "$work/runtime/checks" state looked
    is 'list: of the runtime itself' looked "$runtime" --root "$work/runtime/checks" list -q
    is 'memory: limit, in the cgroup' 33554432 in_cgroup looked memory.max
    is 'cpu: a share of the time' '150000 100000' in_cgroup looked cpu.max
    works 'cgroup: as asked' test -d "/sys/fs/cgroup$path"
    run ctr tasks metrics looked
    tells 'metrics: memory, processes and time' '^memory.usage +[1-9]' '^pids.current +1 *$' '^cpu.usage_usec +[1-9]'
    has 'ps' '^[0-9]+ ' ctr tasks ps looked
    run remove looked
    run begin weighed --cpu-shares 512 --cpu-quota 60000 --cpu-period 50000 : sleep 1000
    has 'cpu: weight' '^(20|59)$' in_cgroup weighed cpu.weight
    is 'cpu: quota and period' '60000 50000' in_cgroup weighed cpu.max
    run remove weighed
}

ctr_exec() {
    run begin main : sleep 1000
    run ctr tasks exec --exec-id e1 --cwd /tmp --user 1234 main describe
    tells 'exec: a folder' '^cwd: /tmp$'
    tells 'exec: a user by number' '^ids: 1234 '
    tells 'exec: it sees the processes of the container' '^process: [0-9]+ sleep of '
    is 'exec: a user by name' 1000 ctr tasks exec --exec-id e7 --user app main id -u
    ends 'exec: status 7' 7 '' ctr tasks exec --exec-id e2 main sh -c 'exit 7'
    ends 'exec: a program that is not there' 1 'executable file (.*)not found in' ctr tasks exec --exec-id e3 main nosuch
    is 'exec: input' 5 typed 'echo $((2 + 3))' ctr tasks exec --exec-id e4 main sh
    is 'exec: the size of the terminal' '30 100' on_terminal 'ctr tasks exec --exec-id e8 --tty main sh -c "sleep 1; stty size"'
    run ctr tasks exec --detach --exec-id e12 main sleep 777
    works 'exec: in the background' pgrep -f '^sleep 777'
    has 'ps: both processes' '^[0-9]+ +.*e12' ctr tasks ps main
    is 'ps: two of them' 2 eval 'ctr tasks ps main | grep -c "^[0-9]"'
    run ctr tasks kill --exec-id e12 main
    works 'exec: it can be killed alone' soon eval '[[ $(ctr tasks ps main | grep -c "^[0-9]") == 1 ]]'
    run remove main
}

ctr_life() {
    run begin made : polite
    is 'list: it runs' RUNNING task made
    run ctr tasks pause made
    is 'pause: it is told' PAUSED task made
    is 'pause: the kernel has it frozen' 1 in_cgroup made cgroup.freeze
    refuses 'exec: not in a paused one' ctr tasks exec --exec-id p1 made true
    run ctr tasks resume made
    is 'resume: it is told' RUNNING task made
    is 'resume: the kernel has it running' 0 in_cgroup made cgroup.freeze
    refuses 'delete: not while it runs' ctr tasks rm made
    run ctr tasks kill --signal SIGTERM made
    works 'kill: by name' soon is_so made STOPPED
    has 'delete: the status is told' 'exit code 3' ctr tasks rm made
    run ctr tasks start --detach --null-io made
    is 'start: again, in the same container' RUNNING task made
    run ctr tasks kill --signal 9 made
    works 'kill: by number' soon is_so made STOPPED
    has 'kill: by number, the status' 'exit code 137' ctr tasks rm made
    run ctr containers rm made
    works 'kill: --all, processes beside the init too' eval 'begin crowd : sh -c "sleep 4321 & sleep 4321 & wait"
        soon eval "[[ \$(pgrep -fc \"^sleep 4321\") == 2 ]]"; ctr tasks kill --all --signal 9 crowd
        soon eval "[[ \$(pgrep -fc \"^sleep 4321\") == 0 ]]"; soon is_so crowd STOPPED; remove crowd'
    works 'delete: by force' eval 'begin forced : sleep 1000; remove forced; [[ -z $(task forced) ]]'
    is 'attach: to its output' 'seen' attached
}

attached() {
    ctr_run talking --detach : sh -c 'sleep 3; echo seen'
    ctr tasks attach talking
    ctr containers rm talking
}

ctr_events() {
    local event
    run begin eventful : sleep 1000
    run ctr tasks pause eventful
    run ctr tasks resume eventful
    run ctr tasks exec --exec-id ev main true
    run remove eventful
    for event in create start paused resumed exit delete oom exec-added exec-started; do
        has "events: $event" "/tasks/$event" cat "$work/events"
    done
}

containerd_again() {
    run begin survivor : polite
    run pid_of survivor
    echo "$out" > "$work/before"
    end_daemon containerd KILL
    is 'daemon away: the container lives on' alive eval 'kill -0 "$(< "$work/before")" && echo alive'
    begin_containerd
    is 'daemon back: it knows the container' RUNNING task survivor
    is 'daemon back: the same process' "$(< "$work/before")" pid_of survivor
    is 'daemon back: exec' yes ctr tasks exec --exec-id again survivor echo yes
    run ctr tasks kill survivor
    works 'daemon back: kill' soon is_so survivor STOPPED
    has 'daemon back: the status' 'exit code 3' ctr tasks rm survivor
    run ctr containers rm survivor
}

ctr_shim_killed() {
    run begin orphan : sleep 1000
    run pid_of orphan
    echo "$out" > "$work/before"
    run pkill -KILL -f -- '[-]id orphan '
    works 'shim killed: its process is gone' soon gone "$(< "$work/before")"
    works 'shim killed: the runtime knows it no more' soon not test -e "$work/runtime/checks/orphan"
    works 'shim killed: its cgroup is gone' soon eval '[[ ! $(find /sys/fs/cgroup -name "*orphan*") ]]'
    works 'shim killed: the container can be started again' soon eval \
        'ctr tasks start --detach --null-io orphan && is_so orphan RUNNING'
    run remove orphan
}
