#!/bin/bash
# engine-inside.sh - what a container sees and may do, for the options it is given. One container answers many questions:
#                    its program `describe` tells all it sees, `try` what comes of what it tries.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

by_default() {
    local kind
    run box : describe
    tells 'default: process 1, and no other but its children' '^process: 1 describe of [0-9]$'
    tells 'default: no descriptor but the first three and the script' '^descriptors: 0 1( 10)? 2$'
    tells 'default: the environment of the image' '^env: OF_IMAGE=yes$'
    tells 'default: HOME' '^env: HOME=/root$'
    tells 'default: user and groups' '^ids: 0 '
    tells 'default: no terminal' '^tty: not a tty$'
    tells 'default: lo alone' '^links: lo$'
    tells 'default: kcore is masked' '^kcore: 0$'
    tells 'default: its own cgroup is all it sees' '^cgroup: 0::/$'
    tells 'default: mqueue' '^mounts: [^ ]+ /dev/mqueue mqueue '
    tells 'default: an instance of devpts' '^mounts: [^ ]+ /dev/pts devpts .*ptmxmode=666'
    tells 'default: sys is read-only' '^mounts: [^ ]+ /sys sysfs ro,'
    tells 'default: proc/sys is read-only' '^mounts: [^ ]+ /proc/sys proc ro,'
    tells 'default: the usual devices' '^devices: .*full .*null .*random .*tty .*zero'
    tells 'default: a seccomp filter' '^status: Seccomp:.2$'
    tells 'default: new privileges are allowed' '^status: NoNewPrivs:.0$'
    tells 'default: few capabilities' '^status: CapEff:.00000000[08a][0-9a-f]{7}$'
    for kind in mnt uts ipc pid net cgroup; do
        lacks "default: a namespace of its own: $kind" "$(ours $kind)"
    done
    run box --cap-add MKNOD : try 'echo written > /x' 'cat /x' 'ls /usr/bin/dpkg' 'touch /sys/fs/cgroup/x' \
        'echo 1 > /proc/sys/vm/drop_caches' 'unshare -m true' 'mknod /fuse c 10 229' ': < /fuse' 'echo x > /dev/null' 'ping -c 1 127.0.0.1'
    tells 'default: its root can be written' '^cat /x: written ok$'
    tells 'default: nothing of the machine' '^ls /usr/bin/dpkg: .*No such file'
    tells 'default: no writing to cgroups' '^touch /sys/fs/cgroup/x: .*(Read-only|denied)'
    tells 'default: no writing to proc/sys' 'drop_caches: .*Read-only'
    tells 'default: seccomp is felt' '^unshare -m true: .*not permitted'
    tells 'default: a device that was not given' '^: < /fuse: .*(denied|not permitted)'
    tells 'default: a device that everybody has' '^echo x > /dev/null: ok$'
    tells 'default: lo is up' '^ping .* 1 packets received.* ok$'
}

as_asked() {
    local shared=$work/shared
    mkdir -p "$shared/folder"
    echo 'of the machine' > "$shared/file"
    run box -e A=one -e EMPTY= --env-file "$base/variables" -u app -w /home/app --hostname other \
        --cap-drop ALL --cap-add CHOWN --security-opt no-new-privileges --ulimit nofile=100:200 --ulimit core=0 \
        --oom-score-adj 500 --sysctl net.ipv4.ip_forward=1 --sysctl kernel.msgmax=1234 \
        --memory 32m --memory-swap 48m --memory-reservation 16m --cpus 1.5 --cpu-shares 512 --cpuset-cpus 1 --cpuset-mems 0 \
        --pids-limit 20 --device-write-bps /dev/vda:100mb --device-read-iops /dev/vda:10000 --shm-size 8m \
        --tmpfs /t:size=1m,mode=700 --mount type=tmpfs,destination=/t2 -v "$shared:/mnt:ro" -v "$shared/file:/etc/one" \
        --mount "type=bind,source=$shared,target=/slave,bind-propagation=rslave" --read-only --device /dev/fuse:/dev/other : describe
    tells 'env: variables' '^env: A=one$' '^env: EMPTY=$'
    tells 'env: a file of them' '^env: B=two$' '^env: C=three$'
    tells 'env: HOME of the user' '^env: HOME=/home/app$'
    tells 'user: by name, with the groups of /etc/group' '^ids: 1000 1000 2000$'
    tells 'cwd' '^cwd: /home/app$'
    tells 'hostname' '^hostname: other$'
    tells 'capabilities: a user has no more' '^status: CapEff:.000000000000000[01]$'
    tells 'capabilities: the bounding set' '^status: CapBnd:.0000000000000001$'
    tells 'no new privileges' '^status: NoNewPrivs:.1$'
    tells 'ulimit: files' '^limits: Max open files +100 +200 '
    tells 'ulimit: core' '^limits: Max core file size +0 +0 '
    tells 'oom score' '^oom_score_adj: 500$'
    tells 'sysctl: of the network' '^ip_forward: 1$'
    tells 'sysctl: of System V' '^msgmax: 1234$'
    tells 'memory: limit' '^memory.max: 33554432$'
    tells 'memory: swap beyond it' '^memory.swap.max: 16777216$'
    tells 'memory: reservation' '^memory.low: 16777216$'
    tells 'cpu: a share of the time' '^cpu.max: 150000 100000$'
    tells 'cpu: weight' '^cpu.weight: (20|59)$'
    tells 'cpu: a set' '^cpuset.cpus: 1$'
    tells 'cpu: a set, felt' '^processors: 1$'
    tells 'cpu: memory nodes' '^cpuset.mems: 0$'
    tells 'pids: limit' '^pids.max: 20$'
    tells 'io: bytes a second' '^io.max: .* wbps=104857600'
    tells 'io: operations a second' '^io.max: .* riops=10000'
    tells 'shm: its size' '^mounts: [^ ]+ /dev/shm tmpfs .*size=8192k'
    tells 'tmpfs: size and mode' '^mounts: [^ ]+ /t tmpfs .*size=1024k,mode=700'
    tells 'tmpfs: by --mount' '^mounts: [^ ]+ /t2 tmpfs '
    tells 'mount: read-only' '^mounts: [^ ]+ /mnt ext4 ro'
    tells 'mount: a file' '^mounts: [^ ]+ /etc/one ext4 rw'
    tells 'mount: slave' '^mountinfo: .* /slave .* master:'
    tells 'mount: private' '^mountinfo: .* /mnt [^:]*$'
    tells 'root: read-only' '^mounts: [^ ]+ / [^ ]+ ro,'
    tells 'device: under another name' '^devices: .*other'
}

# in other words than as_asked
otherwise() {
    is 'user: it can open its output by name' out box -u 1234 : sh -c 'echo out > /dev/stdout'
    run box -u 1234:5678 --group-add 4321 --cap-add NET_ADMIN --security-opt seccomp=unconfined \
        --uts host --ipc host --cgroupns host --pid host : describe
    tells 'user: number, group, and a group more' '^ids: 1234 5678 4321$'
    tells 'capabilities: one more to be had' '^status: CapBnd:.[0-9a-f]{12}[1357bdf][0-9a-f]{3}$'
    tells 'seccomp: unconfined' '^status: Seccomp:.0$'
    tells 'namespace: uts of the machine' "$(ours uts)"
    tells 'namespace: ipc of the machine' "$(ours ipc)"
    tells 'namespace: pid of the machine' "$(ours pid)"
    tells 'namespace: cgroup of the machine' "$(ours cgroup)"
    run box --privileged -t --cpu-quota 60000 --cpu-period 50000 --memory 32m --memory-swap 32m : describe
    tells 'cpu: quota and period' '^cpu.max: 60000 50000$'
    tells 'memory: no swap beyond it' '^memory.swap.max: 0$'
    # all that it knows: Debian's Docker knows 38, the kernel 41
    tells 'privileged: all capabilities' '^status: CapEff:.0*(3f|1ff)ffffffff$'
    tells 'privileged: no seccomp' '^status: Seccomp:.0$'
    tells 'privileged: the devices of the machine' '^devices: .*vda'
    tells 'privileged: sys can be written' '^mounts: [^ ]+ /sys sysfs rw,'
    tells 'tty: there is one' '^tty: /dev/pts/0$'
    tells 'tty: /dev/console too' '^devices: .*console'
}

# what is felt
tried() {
    run box --read-only -v "$work/shared:/mnt" -v "$work/shared:/ro:ro" --cap-drop CHOWN --tmpfs /t:size=64k --pids-limit 12 \
        --device /dev/fuse --device /dev/loop-control:/dev/loop-control:r --security-opt "seccomp=$base/profile.json" : \
        try 'touch /x' 'touch /mnt/made' 'cat /mnt/file' 'touch /ro/x' 'chown 1:1 /mnt/made' 'head -c 100000 /dev/zero > /t/x' \
        'mkdir /mnt/new' ': <> /dev/fuse' ': < /dev/loop-control' ': > /dev/loop-control' 'touch /dev/shm/x' \
        'for i in 1 2 3 4 5 6 7 8 9 10 11 12 13; do sleep 5 & done'
    tells 'felt: a root that is read-only' '^touch /x: .*Read-only'
    tells 'felt: a mount that is read-only' '^touch /ro/x: .*Read-only'
    tells 'felt: a mount' '^cat /mnt/file: of the machine ok$'
    tells 'felt: a capability less' '^chown .*not permitted'
    tells 'felt: a tmpfs that is full' '^head .* > /t/x: .*(No space|error)'
    tells 'felt: a seccomp profile of our own' '^mkdir /mnt/new: .*not permitted'
    tells 'felt: a device that was given' '^: <> /dev/fuse: ok$'
    tells 'felt: a device that was given to read' '^: < /dev/loop-control: ok$'
    tells 'felt: and not to write' '^: > /dev/loop-control: .*(denied|not permitted)'
    tells 'felt: /dev/shm can be written' '^touch /dev/shm/x: ok$'
    tells 'felt: the limit of processes' "^for i .*(can't fork|Resource temporarily)"
    works 'felt: what is written to a mount reaches the machine' test -e "$work/shared/made"
}
