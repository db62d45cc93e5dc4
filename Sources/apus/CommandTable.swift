/// The commands, by the names that a caller writes, in the order of the help: a life, then the rest.
enum Verb: String, CaseIterable, Sendable {
    case create
    case start
    case run
    case exec
    case state
    case kill
    case delete
    case pause
    case resume
    case ps
    case update
    case events
    case mounts
    case list
    case spec
    case explain
    case validate
    case features
    case completion
    case man
    case help

    /// The command that `word` names.
    init?(word: String) {
        if word == "h" { self = .help } else { self.init(rawValue: word) }
    }
}

/// How many operands a command takes.
enum OperandCount: Equatable, Sendable {
    case exactly(Int)
    case atLeast(Int)
    case between(Int, Int)

    /// What is wrong with `count` operands, in runc's words; nil where nothing is.
    func complaint(about count: Int) -> String? {
        switch self {
        case .exactly(let wanted): count == wanted ? nil : "requires exactly \(wanted) argument(s)"
        case .atLeast(let least): count < least ? "requires a minimum of \(least) argument(s)" : nil
        case .between(let least, let most):
            count < least
                ? "requires a minimum of \(least) argument(s)"
                : count > most ? "requires a maximum of \(most) argument(s)" : nil
        }
    }
}

/// One command of the table.
struct CommandEntry: Sendable {
    /// One line, for the list of commands.
    var summary: String
    /// The operands, as the help writes them.
    var operands: String = ""
    var count: OperandCount = .exactly(0)
    /// Whether options end at the first operand: what follows is another program's.
    var stopsAtFirstOperand = false
    /// Without `--help`, which every command has.
    var options: [Option] = []
    /// What a person has to know before using it; lines of at most 100 columns.
    var description: String
}

/// Every command and every option, once: the reader, the help and the README are made from this.
///
/// Nothing of it exists before it is asked for: a command is looked up by a `switch`, and only its own entry is made.
enum CommandTable {
    /// The options that stand before the command.
    static var globals: [Option] {
        [
            Option(
                .cgroupManager, "", .text, "MANAGER",
                "'cgroupfs': make a cgroup for the container; 'disabled': make none (default: cgroupfs)"),
            Option(.debug, "", .flag, "", "log more"),
            Option(.log, "", .text, "FILE", "append the log to FILE instead of writing it to stderr"),
            Option(.logFormat, "", .text, "FORMAT", "log lines as 'text' or as 'json' (default: text)"),
            Option(.root, "", .text, "DIR", "where the containers' state is kept (default: /run/apus)"),
            Option(.rootless, "", .flagOrAuto, "BOOL", "ignore cgroup permission errors: true, false or auto"),
            Option(.systemdCgroup, "", .flag, "", "have systemd make cgroups: not supported yet, it is refused"),
            Option(.trace, "", .text, "FILE", "write every step that was done to FILE, as JSON lines"),
            help,
            Option(.version, "v", .flag, "", "print the version"),
        ]
    }

    /// The one option that every command has.
    static var help: Option { Option(.help, "h", .flag, "", "show this help") }

    /// The options of `verb`, with `--help`.
    static func options(of verb: Verb) -> [Option] { entry(verb).options + [help] }

    /// The entry of `verb`.
    static func entry(_ verb: Verb) -> CommandEntry {
        switch verb {
        case .create: create
        case .start: start
        case .run: run
        case .exec: exec
        case .state: state
        case .kill: kill
        case .delete: delete
        case .pause: pause
        case .resume: resume
        case .ps: ps
        case .update: update
        case .events: events
        case .mounts: mounts
        case .list: list
        case .spec: spec
        case .explain: explain
        case .validate: validate
        case .features: features
        case .completion: completion
        case .man: man
        case .help: helpCommand
        }
    }
}

// The entries, in the order of ``Verb``.
extension CommandTable {
    static let containerID = "<container-id>"

    private static var create: CommandEntry {
        CommandEntry(
            summary: "make a container from a bundle, ready to be started",
            operands: containerID, count: .exactly(1),
            options: [
                bundle, configFile, consoleSocket, pidfdSocket, pidFile, noPivot, noNewKeyring, preserveFds,
            ],
            description: """
                Makes everything that config.json asks for but does not run its program yet: 'apus start' does.
                A bundle is a directory with a file config.json and a root filesystem. The id is new on this
                host and consists of letters, digits and the characters _ + - and . (full stop).
                """)
    }

    private static var start: CommandEntry {
        CommandEntry(
            summary: "run the program of a created container",
            operands: containerID, count: .exactly(1),
            description: "Lets the waiting init of a container that 'apus create' made become its program.")
    }

    private static var run: CommandEntry {
        CommandEntry(
            summary: "make a container and run its program",
            operands: containerID, count: .exactly(1),
            options: [
                bundle, configFile, consoleSocket, pidfdSocket, pidFile, noPivot, noNewKeyring, preserveFds,
                Option(.detach, "d", .flag, "", "return as soon as the program runs"),
                Option(.keep, "", .flag, "", "do not delete the container when its program ends"),
                Option(
                    .noSubreaper, "", .flag, "", "do not adopt the processes that the container's init leaves behind"),
            ],
            description: """
                Create and start in one. In the foreground signals are passed on, the exit status is the
                program's (128 + N where signal N ended it), and the container is deleted at its end.
                """)
    }

    private static var exec: CommandEntry {
        CommandEntry(
            summary: "run another program in a container",
            operands: "\(containerID) [command [arguments...]]", count: .atLeast(1), stopsAtFirstOperand: true,
            options: [
                Option(.process, "p", .text, "FILE", "take the process from FILE, a 'process' of config.json"),
                Option(.detach, "d", .flag, "", "return as soon as the program runs"),
                Option(.tty, "t", .flag, "", "give the program a terminal"),
                consoleSocket, pidfdSocketOfExec, pidFileOfExec,
                Option(.cwd, "", .text, "DIR", "the program's working directory in the container"),
                Option(.env, "e", .text, "NAME=VALUE", "set a variable of the environment", isRepeatable: true),
                Option(.user, "u", .text, "UID[:GID]", "the user and the group, by number"),
                Option(.additionalGids, "g", .text, "GID", "an additional group, by number", isRepeatable: true),
                Option(.cap, "c", .text, "CAP", "add a capability, such as CAP_NET_RAW", isRepeatable: true),
                Option(.noNewPrivs, "", .flag, "", "let the program gain no privileges"),
                Option(.apparmor, "", .text, "PROFILE", "the program's AppArmor profile"),
                Option(.processLabel, "", .text, "LABEL", "the program's SELinux label"),
                Option(
                    .cgroup, "", .text, "PATH", "a cgroup below the container's, which must be there",
                    isRepeatable: true),
                Option(.ignorePaused, "", .flag, "", "do it in a paused container, too: it runs when that is resumed"),
                preserveFdsOfExec,
            ],
            description: """
                The process is that of the bundle's config.json as it is now, with the command in place of its
                arguments; or it is read from FILE, and the options about it change nothing. Options end at the
                id. The exit status is the program's (128 + N where signal N ended it), and 255 where it could
                not be run.
                """)
    }

    private static var state: CommandEntry {
        CommandEntry(
            summary: "print the state of a container",
            operands: containerID, count: .exactly(1),
            description: "Prints the state as JSON (OCI runtime specification, runtime.md, \"State\").")
    }

    private static var kill: CommandEntry {
        CommandEntry(
            summary: "send a signal to a container's init",
            operands: "\(containerID) [signal]", count: .between(1, 2),
            options: [
                Option(.all, "a", .flag, "", "a container that is not running is no error", isHidden: true),
                regex,
            ],
            description: """
                The signal is a number or a name, with or without SIG, in any case; without one it is TERM.
                KILL ends every process of a container that has no pid namespace of its own.
                """)
    }

    private static var delete: CommandEntry {
        CommandEntry(
            summary: "remove a container and everything made for it",
            operands: containerID, count: .exactly(1),
            options: [
                Option(.force, "f", .flag, "", "kill it first if it runs; an unknown container is no error"),
                regex,
            ],
            description: "Removes a stopped or a created container: its processes, its cgroup, its state.")
    }

    private static var list: CommandEntry {
        CommandEntry(
            summary: "list the containers below the root",
            options: [
                Option(.format, "f", .text, "FORMAT", "'table' or 'json' (default: table)"),
                Option(.quiet, "q", .flag, "", "print only the ids"),
            ],
            description: "Lists the containers whose state is kept in the directory of the global option --root.")
    }

    private static var spec: CommandEntry {
        CommandEntry(
            summary: "write a config.json to begin with",
            options: [
                bundle,
                Option(.rootless, "", .flag, "", "for a user who is not root: with a user namespace, without limits"),
            ],
            description: """
                Writes config.json into the bundle: a shell in a read-only root filesystem 'rootfs', with the
                usual mounts and few capabilities. A file that exists is not touched.
                """)
    }

    private static var explain: CommandEntry {
        CommandEntry(
            summary: "print what run would do, step by step, and do nothing",
            options: [
                bundle,
                Option(
                    .host, "", .text, "HOST", "plan for the 'real' host, or for 'none', a fixed one (default: real)"),
            ],
            description: """
                Prints the ordered list of steps that 'apus run' would take for the bundle, up to the container's
                program, each with the place in config.json that asks for it. Needs no privileges.
                """)
    }

    private static var validate: CommandEntry {
        CommandEntry(
            summary: "tell all that is wrong with a config.json, and do nothing",
            options: [
                bundle,
                Option(
                    .host, "", .text, "HOST",
                    "look also at what the 'real' host has, or at 'none' (default: real)"),
                Option(.json, "", .flag, "", "print it as JSON"),
            ],
            description: """
                Prints every error, warning and remark, each with its place in config.json, a word for
                programs, and the section of the specification. The status is 1 where there is an error:
                'apus create' would refuse the config.json with one of them. Needs no privileges.
                """)
    }

    private static var features: CommandEntry {
        CommandEntry(
            summary: "print what this runtime can do, as JSON",
            description: "The form is that of the OCI runtime specification, features.md.")
    }

    private static var completion: CommandEntry {
        CommandEntry(
            summary: "print a script that lets a shell complete these words",
            operands: "<shell>", count: .exactly(1),
            description: """
                The shell is bash, zsh or fish. For bash: source <(apus completion bash), or keep it as
                /usr/share/bash-completion/completions/apus.
                """)
    }

    private static var man: CommandEntry {
        CommandEntry(
            summary: "print a manual page, of apus or of a command",
            operands: "[command]", count: .between(0, 1),
            description: "The page is written in roff: apus man run | man -l -")
    }

    private static var helpCommand: CommandEntry {
        CommandEntry(
            summary: "show the commands, or the help of one",
            operands: "[command]", count: .between(0, 1),
            description: "The same as the option --help, of apus or of the command.")
    }

    private static var bundle: Option {
        Option(.bundle, "b", .text, "DIR", "the bundle's directory (default: the current one)")
    }
    private static var configFile: Option {
        Option(.config, "f", .text, "FILE", "read FILE instead of the bundle's config.json")
    }
    private static var regex: Option {
        Option(.regex, "r", .flag, "", "the id is an extended regular expression: do it with every container it fits")
    }
    private static var consoleSocket: Option {
        Option(.consoleSocket, "", .text, "SOCKET", "a Unix socket to send the terminal's master end to")
    }
    private static var pidfdSocket: Option {
        Option(.pidfdSocket, "", .text, "SOCKET", "a Unix socket to send a pidfd of init to")
    }
    private static var pidFile: Option {
        Option(.pidFile, "", .text, "FILE", "a file to write init's process id to")
    }
    private static var pidfdSocketOfExec: Option {
        Option(.pidfdSocket, "", .text, "SOCKET", "a Unix socket to send a pidfd of the process to")
    }
    private static var pidFileOfExec: Option {
        Option(.pidFile, "", .text, "FILE", "a file to write the process id to")
    }
    private static var preserveFdsOfExec: Option {
        Option(.preserveFds, "", .number, "N", "pass N more descriptors on, after 0, 1 and 2 (default: 0)")
    }
    private static var noPivot: Option {
        Option(.noPivot, "", .flag, "", "do not use pivot_root; for a root filesystem on the initramfs")
    }
    private static var noNewKeyring: Option {
        Option(.noNewKeyring, "", .flag, "", "keep the caller's session keyring")
    }
    private static var preserveFds: Option {
        Option(.preserveFds, "", .number, "N", "pass N more descriptors on, after 0, 1, 2 and $LISTEN_FDS (default: 0)")
    }
}
