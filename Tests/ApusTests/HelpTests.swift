import Testing

@testable import apus

/// The exact text of the help. If you change the help on purpose, change it here too. The README's table is checked as
/// well.
@Suite("Help")
struct HelpTests {
    @Test("of the program")
    func program() {
        #expect(
            Help.program == #"""
                NAME:
                   apus - runs containers as the Open Container Initiative specifies them

                USAGE:
                   apus [global options] command [command options] [arguments...]

                VERSION:
                   0.1.0

                COMMANDS:
                   create      make a container from a bundle, ready to be started
                   start       run the program of a created container
                   run         make a container and run its program
                   exec        run another program in a container
                   state       print the state of a container
                   kill        send a signal to a container's init
                   delete      remove a container and everything made for it
                   pause       stop all processes of a container where they are
                   resume      let a paused container go on
                   ps          list the processes of a container
                   update      change the limits of a container
                   events      tell what a container uses, and when its memory runs out
                   mounts      add mounts to a container, or remove some
                   list        list the containers below the root
                   spec        write a config.json to begin with
                   explain     print what run would do, step by step, and do nothing
                   validate    tell all that is wrong with a config.json, and do nothing
                   features    print what this runtime can do, as JSON
                   doctor      tell what this host offers and lacks for containers
                   completion  print a script that lets a shell complete apus's commands and options
                   man         print a manual page, of apus or of a command
                   help, h     show the commands, or the help of one

                GLOBAL OPTIONS:
                   --cgroup-manager MANAGER  'cgroupfs': make a cgroup for the container; 'disabled': make none (default: cgroupfs)
                   --debug                   log more
                   --log FILE                append the log to FILE instead of writing it to stderr
                   --log-format FORMAT       log lines as 'text' or as 'json' (default: text)
                   --root DIR                where the containers' state is kept (default: /run/apus)
                   --rootless BOOL           ignore cgroup permission errors: true, false or auto
                   --systemd-cgroup          have systemd make the cgroup, as that of a unit
                   --trace FILE              write every step that was done to FILE, as JSON lines
                   --help, -h                show this help
                   --version, -v             print the version

                """#)
    }

    @Test("of each command", arguments: Verb.allCases)
    func command(verb: Verb) { #expect(Help.command(verb) == Self.expected(verb)) }

    static func expected(_ verb: Verb) -> String {
        switch verb {
        case .create:
            #"""
            NAME:
               apus create - make a container from a bundle, ready to be started

            USAGE:
               apus create [command options] <container-id>

            DESCRIPTION:
               Makes everything that config.json asks for but does not run its program yet: 'apus start' does.
               A bundle is a directory with a file config.json and a root filesystem. The id is new below
               --root and consists of letters, digits and the characters _ + - and . (full stop).

            OPTIONS:
               --bundle DIR, -b DIR     the bundle's directory (default: the current one)
               --config FILE, -f FILE   read FILE instead of the bundle's config.json
               --console-socket SOCKET  a Unix socket to send the terminal's master end to
               --pidfd-socket SOCKET    a Unix socket to send a pidfd of init to
               --pid-file FILE          a file to write init's process id to
               --no-pivot               do not use pivot_root; for a root filesystem on the initramfs
               --no-new-keyring         keep the caller's session keyring
               --preserve-fds N         pass N more descriptors on, after 0, 1, 2 and $LISTEN_FDS (default: 0)
               --help, -h               show this help

            """#
        case .start:
            #"""
            NAME:
               apus start - run the program of a created container

            USAGE:
               apus start [command options] <container-id>

            DESCRIPTION:
               Lets the waiting init of a container that 'apus create' made become its program.

            OPTIONS:
               --help, -h  show this help

            """#
        case .run:
            #"""
            NAME:
               apus run - make a container and run its program

            USAGE:
               apus run [command options] <container-id>

            DESCRIPTION:
               Create and start in one. In the foreground signals are passed on, the exit status is the
               program's (128 + N if signal N ended it), and the container is deleted at its end.

            OPTIONS:
               --bundle DIR, -b DIR     the bundle's directory (default: the current one)
               --config FILE, -f FILE   read FILE instead of the bundle's config.json
               --console-socket SOCKET  a Unix socket to send the terminal's master end to
               --pidfd-socket SOCKET    a Unix socket to send a pidfd of init to
               --pid-file FILE          a file to write init's process id to
               --no-pivot               do not use pivot_root; for a root filesystem on the initramfs
               --no-new-keyring         keep the caller's session keyring
               --preserve-fds N         pass N more descriptors on, after 0, 1, 2 and $LISTEN_FDS (default: 0)
               --detach, -d             return as soon as the program runs
               --keep                   do not delete the container when its program ends
               --no-subreaper           do not adopt the processes that the container's init leaves behind
               --help, -h               show this help

            """#
        case .exec:
            #"""
            NAME:
               apus exec - run another program in a container

            USAGE:
               apus exec [command options] <container-id> [command [arguments...]]

            DESCRIPTION:
               The process is the one in the bundle's config.json as it is now, with the command as its arguments.
               With --process it is read from FILE, and the other options about it are ignored. Options end at the
               id. The exit status is the program's (128 + N if signal N ended it), or 255 if it could not be run.

            OPTIONS:
               --process FILE, -p FILE          take the process from FILE, a 'process' of config.json
               --detach, -d                     return as soon as the program runs
               --tty, -t                        give the program a terminal
               --console-socket SOCKET          a Unix socket to send the terminal's master end to
               --pidfd-socket SOCKET            a Unix socket to send a pidfd of the process to
               --pid-file FILE                  a file to write the process id to
               --cwd DIR                        the program's working directory in the container
               --env NAME=VALUE, -e NAME=VALUE  set a variable of the environment; may be given more than once
               --user UID[:GID], -u UID[:GID]   the user and the group, by number
               --additional-gids GID, -g GID    an additional group, by number; may be given more than once
               --cap CAP, -c CAP                add a capability, such as CAP_NET_RAW; may be given more than once
               --no-new-privs                   let the program gain no privileges
               --apparmor PROFILE               the program's AppArmor profile
               --process-label LABEL            the program's SELinux label
               --cgroup PATH                    a cgroup below the container's, which must exist; may be given more than once
               --ignore-paused                  also in a paused container; the program runs once it is resumed
               --preserve-fds N                 pass N more descriptors on, after 0, 1 and 2 (default: 0)
               --help, -h                       show this help

            """#
        case .state:
            #"""
            NAME:
               apus state - print the state of a container

            USAGE:
               apus state [command options] <container-id>

            DESCRIPTION:
               Prints the state as JSON (OCI runtime specification, runtime.md, "State").

            OPTIONS:
               --help, -h  show this help

            """#
        case .kill:
            #"""
            NAME:
               apus kill - send a signal to a container's init

            USAGE:
               apus kill [command options] <container-id> [signal]

            DESCRIPTION:
               The signal is a number or a name, with or without SIG, in any case; without one it is TERM.
               KILL ends every process of a container that has no pid namespace of its own.

            OPTIONS:
               --regex, -r  the id is an extended regular expression: do it with every container it fits
               --help, -h   show this help

            """#
        case .delete:
            #"""
            NAME:
               apus delete - remove a container and everything made for it

            USAGE:
               apus delete [command options] <container-id>

            DESCRIPTION:
               Removes a stopped container: its cgroup, its state, and what is left of its processes. With
               --force also any other container, which is killed first.

            OPTIONS:
               --force, -f  kill it first unless it has stopped; an unknown container is no error
               --regex, -r  the id is an extended regular expression: do it with every container it fits
               --help, -h   show this help

            """#
        case .pause, .resume, .ps, .update, .events, .mounts: expectedOfRunning(verb)
        case .completion, .man: expectedOfPages(verb)
        case .list:
            #"""
            NAME:
               apus list - list the containers below the root

            USAGE:
               apus list [command options]

            DESCRIPTION:
               Lists the containers whose state is kept in the directory of the global option --root.

            OPTIONS:
               --format FORMAT, -f FORMAT  'table' or 'json' (default: table)
               --quiet, -q                 print only the ids
               --help, -h                  show this help

            """#
        case .spec:
            #"""
            NAME:
               apus spec - write a config.json to begin with

            USAGE:
               apus spec [command options]

            DESCRIPTION:
               Writes config.json into the bundle: a shell in a read-only root filesystem 'rootfs', with the
               usual mounts and few capabilities. A file that exists is not touched.

            OPTIONS:
               --bundle DIR, -b DIR  the bundle's directory (default: the current one)
               --rootless            for a user who is not root: with a user namespace, without limits
               --help, -h            show this help

            """#
        case .explain:
            #"""
            NAME:
               apus explain - print what run would do, step by step, and do nothing

            USAGE:
               apus explain [command options]

            DESCRIPTION:
               Prints the ordered list of steps that 'apus run' would take for the bundle, up to the container's
               program, each with the place in config.json that asks for it. Needs no privileges.

            OPTIONS:
               --bundle DIR, -b DIR  the bundle's directory (default: the current one)
               --host HOST           plan for the 'real' host, or for 'none', a fixed one (default: real)
               --help, -h            show this help

            """#
        case .validate:
            #"""
            NAME:
               apus validate - tell all that is wrong with a config.json, and do nothing

            USAGE:
               apus validate [command options]

            DESCRIPTION:
               Prints every error, warning and remark, each with its place in config.json, a word for
               programs, and the section of the specification. The status is 1 if there is an error:
               'apus create' would refuse the config.json with one of them. Needs no privileges.

            OPTIONS:
               --bundle DIR, -b DIR  the bundle's directory (default: the current one)
               --host HOST           look also at what the 'real' host has, or at 'none' (default: real)
               --json                print it as JSON
               --help, -h            show this help

            """#
        case .features:
            #"""
            NAME:
               apus features - print what this runtime can do, as JSON

            USAGE:
               apus features [command options]

            DESCRIPTION:
               The form is that of the OCI runtime specification, features.md.

            OPTIONS:
               --help, -h  show this help

            """#
        case .doctor:
            #"""
            NAME:
               apus doctor - tell what this host offers and lacks for containers

            USAGE:
               apus doctor [command options]

            DESCRIPTION:
               Tries what containers need, and prints a line for each thing: whether this host has it for
               this user, what it is needed for, and how to get it. The last line is about a plain
               container, which is run for a moment. The status is 0 if that works, otherwise 1. Says also
               whether Docker, containerd, Podman and CRI-O are here and call apus.

            OPTIONS:
               --json      print it as JSON
               --help, -h  show this help

            """#
        case .help:
            #"""
            NAME:
               apus help - show the commands, or the help of one

            USAGE:
               apus help [command options] [command]

            DESCRIPTION:
               The same as the option --help, of apus or of the command.

            OPTIONS:
               --help, -h  show this help

            """#
        }
    }
}
