/// One option of the command table, as the reader, the help, and later the completions and man pages see it.
struct Option: Equatable, Sendable {
    /// What follows the option's name.
    enum Kind: Equatable, Sendable {
        /// Nothing, or `=true` and `=false` in the spellings of Go's strconv.ParseBool.
        case flag
        /// A word.
        case text
        /// A whole number in decimal.
        case number
        /// `true`, `false` or `auto`. Apple's containerization sends it bare, so the next word belongs to it only if it
        /// is one of these.
        case flagOrAuto
    }

    /// Which option it is; its raw value is the long name.
    var name: OptionName
    /// The short name, one letter; "" where there is none.
    var letter: String
    var kind: Kind
    /// What the help writes for the value: `DIR`; "" for a flag.
    var placeholder: String
    /// One line.
    var help: String
    /// Whether it may be given more than once, each value counting; of any other the last one counts.
    var isRepeatable: Bool
    /// Whether the help leaves it out: it is read for old callers only.
    var isHidden: Bool

    init(
        _ name: OptionName, _ letter: String = "", _ kind: Kind = .flag, _ placeholder: String = "", _ help: String,
        isRepeatable: Bool = false, isHidden: Bool = false
    ) {
        self.name = name
        self.letter = letter
        self.kind = kind
        self.placeholder = placeholder
        self.help = help
        self.isRepeatable = isRepeatable
        self.isHidden = isHidden
    }
}

/// The long names of all options of all commands.
enum OptionName: String, Sendable {
    case additionalGids = "additional-gids"
    case all
    case apparmor
    case bundle
    case cap
    case cgroup
    case consoleSocket = "console-socket"
    case cwd
    case debug
    case detach
    case env
    case force
    case format
    case help
    case host
    case ignorePaused = "ignore-paused"
    case json
    case keep
    case log
    case logFormat = "log-format"
    case noNewKeyring = "no-new-keyring"
    case noNewPrivs = "no-new-privs"
    case noPivot = "no-pivot"
    case noSubreaper = "no-subreaper"
    case pidFile = "pid-file"
    case pidfdSocket = "pidfd-socket"
    case preserveFds = "preserve-fds"
    case process
    case processLabel = "process-label"
    case quiet
    case root
    case rootless
    case systemdCgroup = "systemd-cgroup"
    case trace
    case tty
    case user
    case version
}

/// What an option was given.
enum OptionValue: Equatable, Sendable {
    case flag(Bool)
    case text(String)
    case number(Int)
    /// `auto`, of an option of the kind ``Option/Kind/flagOrAuto``.
    case automatic
}
