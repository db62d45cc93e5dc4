#!/bin/bash
# checks.sh - how a caller's file says what it checks: a name, what shall come out, and a command or function.
#
# usage:   sourced by scripts/lib/callers/inside, which sets $caller, $results, $log and $work, and exports all functions
# writes:  $results, for each check a line: CALLER, CHECK, passed|failed, REASON; tabs between. $log, what the commands said
# exit:    a check never ends the script, and no command may take longer than $deadline seconds
# shellcheck disable=SC2154 # inside sets what is not set here

# A weight may be either of two: Debian 12's runc turns shares into it by a line, runc since 1.3.2 by a curve, as apus does.

deadline=240 # an emulated machine on a busy one is that slow
status=0 out=''

# run COMMAND...: runs it in time, and leaves its status in $status, what it said in $out. It is given a file, not a pipe:
# a daemon that it left behind may keep that open.
run() {
    status=0
    rm -f "$work/out"
    timeout -k 5 "$deadline" bash -euo pipefail -c '"$@"' - "$@" < /dev/null > "$work/out" 2>&1 || status=$?
    out=$(tr -d '\r\0' < "$work/out")
    { echo "--- $SECONDS s: status $status: $*"; head -c 4000 "$work/out"; } >> "$log"
}

# verdict NAME REASON: writes the line of a check, which has passed where there is no reason why not
verdict() {
    local word=passed reason=$2
    if [[ $reason ]]; then
        word=failed
        reason=${reason:0:500}
        reason=${reason//[$'\t\n']/ }
        echo "   $caller: $1: failed: $reason"
        echo "--- FAILED: $1: $reason" >> "$log"
    fi
    printf '%s\t%s\t%s\t%s\n' "$caller" "$1" "$word" "$reason" >> "$results"
}

# is NAME EXPECTED COMMAND...: it succeeds, and this is all it says
is() {
    local reason=''
    run "${@:3}"
    [[ $status == 0 && $out == "$2" ]] || reason="expected ${2@Q}; status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# has NAME PATTERN COMMAND...: it succeeds, and says a line that PATTERN (grep -E) is found in
has() {
    local reason=''
    run "${@:3}"
    [[ $status == 0 ]] && grep -qE -e "$2" <<< "$out" || reason="expected /$2/; status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# ends NAME STATUS PATTERN COMMAND...: it ends with that status, and says a line that PATTERN is found in
ends() {
    local reason=''
    run "${@:4}"
    [[ $status == "$2" ]] && grep -qE -e "$3" <<< "$out" || reason="expected status $2, /$3/; status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# works NAME COMMAND...: it succeeds
works() {
    local reason=''
    run "${@:2}"
    [[ $status == 0 ]] || reason="status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# refuses NAME COMMAND...: it does not succeed, and it ends in time
refuses() {
    local reason=''
    run "${@:2}"
    [[ $status != 0 && $status != 124 ]] || reason="expected a failure; status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# tells NAME PATTERN...: the last that was run succeeded, and said a line for each PATTERN
tells() {
    local reason='' pattern
    for pattern in "${@:2}"; do
        [[ $status == 0 ]] && grep -qE -e "$pattern" <<< "$out" || reason="expected /$pattern/; status $status, found ${out:$((${#out} > 300 ? ${#out} - 300 : 0))}"
    done
    verdict "$1" "$reason"
}

# lacks NAME PATTERN: the last that was run succeeded, and said no such line
lacks() {
    local reason=''
    { [[ $status == 0 ]] && ! grep -qE -e "$2" <<< "$out"; } || reason="expected no /$2/; status $status, found ${out@Q}"
    verdict "$1" "$reason"
}

# soon COMMAND...: repeats it until it succeeds, for 30 seconds
soon() {
    local end=$((SECONDS + 30))
    until "$@" > /dev/null 2>&1; do
        ((SECONDS < end)) || { echo "not within 30 s: $*"; "$@"; return; }
        sleep 0.2
    done
}

# not COMMAND...: the opposite of its status
not() {
    ! "$@"
}

# piped TEXT COMMAND...: with that text as its input
piped() {
    printf '%s' "$1" | "${@:2}"
}

# only_output COMMAND...: without what it says as an error
only_output() {
    "$@" 2> /dev/null
}

# split OPTION... : COMMAND...: what is before the colon becomes $options, what follows it $command
# shellcheck disable=SC2034 # they are the local ones of whoever calls
split() {
    options=()
    while [[ $1 != : ]]; do
        options+=("$1")
        shift
    done
    command=("${@:2}")
}

# on_terminal LINE: a command line of bash, with a terminal of 30 rows and 100 columns. The end of our own input, which
# script(1) passes on, is echoed.
on_terminal() {
    SHELL=/bin/bash script -qec "stty rows 30 cols 100; $1" /dev/null | sed 's/^^@//'
}

# gone PID: there is no such process any more, or only what is left of one
gone() {
    [[ ! -e /proc/$1 ]] || grep -q '^State:.*Z' "/proc/$1/status"
}

# parts NAME...: does these parts of the checks
parts() {
    local part
    for part; do
        echo "   $caller: $part ($SECONDS s)"
        "$part"
    done
}

# ours KIND: the pattern of the line in which a container tells that it has the namespace of the machine
ours() {
    readlink "/proc/self/ns/$1" | sed 's/[][]/\\&/g; s/.*/^namespace: &$/'
}
