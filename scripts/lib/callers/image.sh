#!/bin/bash
# image.sh - makes what every caller runs: a root filesystem of Debian's static busybox, as a tar and as an image archive.
#
# usage:   sourced by scripts/lib/callers/inside
# needs:   busybox-static, python3

# make_image DIR: makes DIR/rootfs, DIR/rootfs.tar and DIR/image.tar, an archive of one image, `box`; and beside them what the
# checks hand to a client
make_image() {
    local root=$1/rootfs applet
    mkdir -p "$root"/{bin,dev,etc,home/app,proc,sys,tmp,run,root,var/www}
    cp /bin/busybox "$root/bin/"
    for applet in $(busybox --list); do
        [[ $applet == busybox ]] || ln -s busybox "$root/bin/$applet"
    done
    printf '%s\n' root:x:0:0:root:/root:/bin/sh app:x:1000:1000:app:/home/app:/bin/sh > "$root/etc/passwd"
    printf '%s\n' root:x:0: app:x:1000: extra:x:2000:app > "$root/etc/group"
    echo 'not a program' > "$root/etc/text"
    echo '#!/no/such/interpreter' > "$root/bin/orphan"
    chmod 755 "$root/bin/orphan"
    chmod 1777 "$root/tmp"
    chown -R 1000:1000 "$root/home/app"
    # ends by itself with 3 when asked to, and says so; with a program of its own, so that a pause is seen
    cat > "$root/bin/polite" << 'PROGRAM'
#!/bin/sh
trap 'echo asked; exit 3' TERM
trap 'echo told' USR1
trap 'echo quit; exit 4' QUIT
echo ready
while :; do
    sleep 1000 &
    wait
done
PROGRAM
    # tells all that can be seen from inside, a line for each thing, so that one container answers many questions
    cat > "$root/bin/describe" << 'PROGRAM'
#!/bin/sh
{
    env | sed 's/^/env: /'
    echo "ids: $(id -u) $(id -G)"
    echo "cwd: $(pwd)"
    echo "hostname: $(hostname)"
    echo "umask: $(umask)"
    echo "tty: $(tty)"
    echo "process: $$ $(cat /proc/1/comm) of $(ls /proc | grep -c '^[0-9]')"
    echo "descriptors: $(echo $(ls /proc/$$/fd))"
    echo "processors: $(nproc)"
    echo "links: $(echo $(ls /sys/class/net))"
    echo "devices: $(echo $(ls /dev))"
    echo "kcore: $(head -c 100 /proc/kcore | wc -c)"
    ls -l /proc/self/ns | sed -n 's/.*-> /namespace: /p'
    cd /proc/self
    grep -H . mounts mountinfo status limits uid_map cgroup oom_score_adj ../sys/kernel/msgmax ../sys/net/ipv4/ip_forward \
        /etc/hosts /etc/resolv.conf
    cd /sys/fs/cgroup
    grep -H . memory.max memory.low memory.swap.max cpu.max cpu.weight cpuset.cpus cpuset.mems pids.max io.max
} 2> /dev/null | sed 's|^\([/a-z0-9._]*/\)\?\([a-z_.]*\):|\2: |; s|:  |: |'
PROGRAM
    # try LINE...: does each, and tells what came of it
    cat > "$root/bin/try" << 'PROGRAM'
#!/bin/sh
for line; do echo "$line: $(echo $( (eval "$line") 2>&1 && echo ok))"; done
PROGRAM
    chmod 755 "$root/bin"/{polite,describe,try}
    tar -C "$root" --sort=name -cf "$1/rootfs.tar" .
    image_archive "$1/rootfs.tar" "$1/image.tar"

    printf '%s\n' B=two C=three > "$1/variables"
    printf '%s\n' '#!/bin/sh' 'echo found' > "$1/program"
    chmod 755 "$1/program"
    echo '{"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["mkdir", "mkdirat"], "action": "SCMP_ACT_ERRNO"}]}' \
        > "$1/profile.json"
}

# image_archive LAYER OUT: the layer as an archive as `docker save` writes it
image_archive() {
    python3 - "$1" "$2" << 'PROGRAM'
import hashlib, io, json, sys, tarfile

layer = open(sys.argv[1], "rb").read()
config = {
    "architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": ["sha256:" + hashlib.sha256(layer).hexdigest()]},
    "config": {"Cmd": ["sh"], "Env": ["PATH=/bin", "OF_IMAGE=yes"], "WorkingDir": "/"},
}
config = json.dumps(config).encode()
name = hashlib.sha256(config).hexdigest() + ".json"
manifest = [{"Config": name, "RepoTags": ["localhost/box:latest"], "Layers": ["layer.tar"]}]
with tarfile.open(sys.argv[2], "w") as archive:
    for path, data in [("layer.tar", layer), (name, config), ("manifest.json", json.dumps(manifest).encode())]:
        entry = tarfile.TarInfo(path)
        entry.size = len(data)
        archive.addfile(entry, io.BytesIO(data))
PROGRAM
}
