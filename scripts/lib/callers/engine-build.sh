#!/bin/bash
# engine-build.sh - health, files in and out of a container, networks, and images that are built.
#
# usage:   sourced by engine.sh
# shellcheck disable=SC2016,SC2154 # for the shell in the container; set by inside

health() {
    run begin well --health-cmd 'test -e /tmp/well' --health-interval "$health_interval" --health-retries 1 : sleep 1000
    works 'health: ill' looked_after unhealthy
    run engine exec well touch /tmp/well
    works 'health: well' looked_after healthy
    run remove well
}

files() {
    run begin holder : sleep 1000
    echo 'of the machine' > "$work/in"
    run engine cp "$work/in" holder:/tmp/in
    is 'cp: into a container that runs' 'of the machine' engine exec holder sh -c 'cp /tmp/in /tmp/out; cat /tmp/in'
    run engine cp holder:/tmp/out "$work/out-of-it"
    is 'cp: out of it' 'of the machine' cat "$work/out-of-it"
    has 'diff: what was made' '^A /tmp/out$' engine diff holder
    run engine commit holder made-of-it
    is 'commit: an image of it' 'of the machine' engine run --rm --network none made-of-it cat /tmp/out
    has 'export: its files' '^(./)?tmp/out$' eval 'engine export holder | tar -t'
    run remove holder
    run engine rmi -f made-of-it
}

networks() {
    works 'network: of the machine' eval \
        '[[ $(engine run --rm --network host "$image" readlink /proc/self/ns/net) == "$(readlink /proc/self/ns/net)" ]]'
    run engine run --rm --add-host elsewhere:10.1.2.3 --dns 10.9.8.7 "$image" sh -c 'describe; ip addr show dev eth0'
    tells 'network: the default one has an address' '^ +inet (172|10)\.'
    tells 'network: a host that was added' '^hosts: 10.1.2.3.*elsewhere'
    tells 'network: resolv.conf' '^resolv.conf: nameserver 10.9.8.7$'
    run engine run -d --name server -p 8099:80 "$image" sh -c 'echo served > /var/www/index.html; httpd -f -h /var/www'
    works 'network: a port of the machine' soon eval '[[ $(busybox wget -qO - 127.0.0.1:8099) == served ]]'
    is 'network: of another container' served engine run --rm --network container:server "$image" wget -qO - 127.0.0.1
    run remove server
}

building() {
    local context=$work/context
    mkdir -p "$context"
    echo copied > "$context/file"
    printf '%s\n' "FROM $image" 'ENV A=built' 'WORKDIR /home/app' 'COPY file .' 'RUN echo $A > result && id -u >> result' \
        'USER app' 'RUN id -u > /tmp/result' 'CMD cat file result /tmp/result' > "$context/Dockerfile"
    works 'build: an image' engine build --network none -t built "$context"
    is 'build: what its steps did' 'copied built 0 1000' eval 'echo $(engine run --rm --network none built)'
    printf '%s\n' "FROM $image" 'RUN exit 9' > "$context/Failing"
    has 'build: the status of a step that fails' '(code: |status |code )9' eval \
        'engine build --network none -f "$work/context/Failing" "$work/context" && exit 1 || true'
    printf '%s\n' "FROM $image" 'RUN ["nosuch"]' > "$context/Missing"
    has 'build: a step without its program' 'executable file (.*)not found in' eval \
        'engine build --network none -f "$work/context/Missing" "$work/context" && exit 1 || true'
    run engine rmi -f built
}
