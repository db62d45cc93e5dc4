/// The commands, by the names that a caller writes, in the order of the help: first those of a container's life, then
/// the rest.
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
    case doctor
    case completion
    case man
    case help

    /// Finds the command of this name; `h` is `help`.
    init?(name: String) {
        if name == "h" { self = .help } else { self.init(rawValue: name) }
    }
}

/// How many operands a command takes.
enum OperandCount: Equatable, Sendable {
    case exactly(Int)
    case atLeast(Int)
    case between(Int, Int)

    /// Returns what is wrong with `count` operands, in runc's words; nil if nothing is wrong.
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

/// One command in the table.
struct CommandEntry: Sendable {
    /// One line, for the list of commands.
    var summary: String
    /// The operands, as the help writes them.
    var operands: String = ""
    var count: OperandCount = .exactly(0)
    /// Whether options end at the first operand, because the words after it are for another program.
    var stopsAtFirstOperand = false
    /// The options, without `--help`, which every command has.
    var options: [Option] = []
    /// What a person has to know before using the command, in lines of at most 100 columns.
    var description: String
}

/// Every command and every option, written once. The option reader, the help and the README are made from this table.
///
/// An entry is made only when somebody asks for it: a `switch` looks the command up, and only its own entry is made.
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
            Option(.systemdCgroup, "", .flag, "", "have systemd make the cgroup, as that of a unit"),
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
        case .create: CreateCommand.entry
        case .start: StartCommand.entry
        case .run: RunCommand.entry
        case .exec: ExecCommand.entry
        case .state: StateCommand.entry
        case .kill: KillCommand.entry
        case .delete: DeleteCommand.entry
        case .pause: PauseCommand.entry
        case .resume: ResumeCommand.entry
        case .ps: PsCommand.entry
        case .update: UpdateCommand.entry
        case .events: EventsCommand.entry
        case .mounts: MountsCommand.entry
        case .list: ListCommand.entry
        case .spec: SpecCommand.entry
        case .explain: ExplainCommand.entry
        case .validate: ValidateCommand.entry
        case .features: FeaturesCommand.entry
        case .doctor: DoctorCommand.entry
        case .completion: CompletionCommand.entry
        case .man: ManCommand.entry
        case .help: helpCommand
        }
    }
}

extension CommandTable {
    static let containerID = "<container-id>"

    private static var helpCommand: CommandEntry {
        CommandEntry(
            summary: "show the commands, or the help of one",
            operands: "[command]", count: .between(0, 1),
            description: "The same as the option --help, of apus or of the command.")
    }
}
