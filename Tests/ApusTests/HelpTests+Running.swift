@testable import apus

extension HelpTests {
    /// The help of the commands on an existing container.
    static func expectedOfRunning(_ verb: Verb) -> String {
        switch verb {
        case .pause:
            #"""
            NAME:
               apus pause - stop all processes of a container where they are

            USAGE:
               apus pause [command options] <container-id>

            DESCRIPTION:
               Freezes the container's cgroup, and returns when all of its processes stand still. They can
               be killed, and go on with 'apus resume'.

            OPTIONS:
               --help, -h  show this help

            """#
        case .resume:
            #"""
            NAME:
               apus resume - let a paused container go on

            USAGE:
               apus resume [command options] <container-id>

            DESCRIPTION:
               Thaws the cgroup of a container that 'apus pause' stopped.

            OPTIONS:
               --help, -h  show this help

            """#
        case .ps:
            #"""
            NAME:
               apus ps - list the processes of a container

            USAGE:
               apus ps [command options] <container-id> [ps options]

            DESCRIPTION:
               'json' is an array of process ids. 'table' is what the host's ps prints of them; what follows
               the id are options for it, instead of -ef.

            OPTIONS:
               --format FORMAT, -f FORMAT  'table' or 'json' (default: table)
               --help, -h                  show this help

            """#
        case .update:
            #"""
            NAME:
               apus update - change the limits of a container

            USAGE:
               apus update [command options] <container-id>

            DESCRIPTION:
               What is not named stays as it is. A size is a number of bytes, also with k, m, g, t or p, in
               powers of 1024; -1 is no limit. With --resources the other options count for nothing. If a
               value is refused, all stay as they were.

            OPTIONS:
               --resources FILE, -r FILE  read 'linux.resources' from FILE, or from stdin if it is -
               --memory SIZE              memory
               --memory-reservation SIZE  memory that is kept from being reclaimed
               --memory-swap SIZE         memory and swap together
               --cpu-share N              the relative weight: 2 to 262144, 1024 is ordinary
               --cpu-quota N              microseconds in each period; -1 for no limit
               --cpu-period N             a period's length in microseconds
               --cpu-burst N              microseconds of unused quota that may be saved up
               --cpu-idle N               1 to run only where nobody else wants to, 0 as usual
               --cpu-rt-period N          of cgroup v1 only
               --cpu-rt-runtime N         of cgroup v1 only
               --cpuset-cpus LIST         the processors, such as 0-3,7
               --cpuset-mems LIST         the memory nodes
               --pids-limit N             how many tasks; -1 for no limit
               --blkio-weight N           the relative weight at block devices: 10 to 1000
               --l3-cache-schema TEXT     the line for the L3 cache, with linux.intelRdt
               --mem-bw-schema TEXT       the line for memory bandwidth, with linux.intelRdt
               --help, -h                 show this help

            """#
        case .events:
            #"""
            NAME:
               apus events - tell what a container uses, and when its memory runs out

            USAGE:
               apus events [command options] <container-id>

            DESCRIPTION:
               Prints one line of JSON for each event: 'stats' at every interval, and 'oom' when the kernel
               has ended processes because of the container's memory limit. Ends with the container.

            OPTIONS:
               --interval TIME  how often, such as 500ms or 1m30s (default: 5s)
               --stats          tell what it uses now, once
               --help, -h       show this help

            """#
        case .mounts:
            #"""
            NAME:
               apus mounts - add mounts to a container, or remove some

            USAGE:
               apus mounts [command options] <add, remove> <container-id> <mounts-file>

            DESCRIPTION:
               The file is JSON: an array of mounts as config.json has them, or an object with such an array
               as 'mounts'. Of one to remove only the destination counts. Sources are the host's. If one
               cannot be added, none is.

            OPTIONS:
               --help, -h  show this help

            """#
        default: ""
        }
    }

    /// The help of the commands that write for a shell or for man.
    static func expectedOfPages(_ verb: Verb) -> String {
        switch verb {
        case .completion:
            #"""
            NAME:
               apus completion - print a script that lets a shell complete apus's commands and options

            USAGE:
               apus completion [command options] <shell>

            DESCRIPTION:
               The shell is bash, zsh or fish. For bash: source <(apus completion bash), or keep it as
               /usr/share/bash-completion/completions/apus.

            OPTIONS:
               --help, -h  show this help

            """#
        case .man:
            #"""
            NAME:
               apus man - print a manual page, of apus or of a command

            USAGE:
               apus man [command options] [command]

            DESCRIPTION:
               The page is written in roff: apus man run | man -l -

            OPTIONS:
               --help, -h  show this help

            """#
        default: ""
        }
    }
}
