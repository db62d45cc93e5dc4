/// One option of the command table, as the option reader, the help, the completions and the manual pages use it.
struct Option: Equatable, Sendable {
    /// What follows the name of the option.
    enum Kind: Equatable, Sendable {
        /// Nothing, or `=true` and `=false` in the spellings of Go's strconv.ParseBool.
        case flag
        /// Any text.
        case text
        /// A whole number in decimal.
        case number
        /// A length of time as Go writes it: `5s`, `1m30s`.
        case duration
        /// `true`, `false` or `auto`. Apple's containerization writes the option without a value, so the next argument
        /// belongs to it only if it is one of these.
        case flagOrAuto
    }

    /// Which option this is; the raw value is the long name.
    var name: OptionName
    /// The short name, one letter; "" if there is no short name.
    var letter: String
    var kind: Kind
    /// The name of the value in the help: `DIR`; "" for a flag.
    var placeholder: String
    /// The help, one line.
    var help: String
    /// Whether the option may be given more than once, with each value counting. Of any other option, the last value
    /// counts.
    var isRepeatable: Bool
    /// Whether the help omits the option, because only old callers use it.
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
    case blkioWeight = "blkio-weight"
    case bundle
    case cgroupManager = "cgroup-manager"
    case cap
    case cgroup
    case config
    case consoleSocket = "console-socket"
    case cwd
    case cpuBurst = "cpu-burst"
    case cpuIdle = "cpu-idle"
    case cpuPeriod = "cpu-period"
    case cpuQuota = "cpu-quota"
    case cpuRealtimePeriod = "cpu-rt-period"
    case cpuRealtimeRuntime = "cpu-rt-runtime"
    case cpuShare = "cpu-share"
    case cpusetCPUs = "cpuset-cpus"
    case cpusetMems = "cpuset-mems"
    case debug
    case detach
    case env
    case force
    case format
    case help
    case host
    case ignorePaused = "ignore-paused"
    case interval
    case json
    case keep
    case kernelMemory = "kernel-memory"
    case kernelMemoryTCP = "kernel-memory-tcp"
    case l3CacheSchema = "l3-cache-schema"
    case log
    case logFormat = "log-format"
    case memBwSchema = "mem-bw-schema"
    case memory
    case memoryReservation = "memory-reservation"
    case memorySwap = "memory-swap"
    case noNewKeyring = "no-new-keyring"
    case noNewPrivs = "no-new-privs"
    case noPivot = "no-pivot"
    case noSubreaper = "no-subreaper"
    case pidFile = "pid-file"
    case pidfdSocket = "pidfd-socket"
    case pidsLimit = "pids-limit"
    case preserveFds = "preserve-fds"
    case process
    case processLabel = "process-label"
    case quiet
    case regex
    case resources
    case root
    case rootless
    case stats
    case systemdCgroup = "systemd-cgroup"
    case trace
    case tty
    case user
    case version
}

/// The value that an option was given.
enum OptionValue: Equatable, Sendable {
    case flag(Bool)
    case text(String)
    case number(Int)
    /// Nanoseconds.
    case duration(Int64)
    /// `auto`, for an option of the kind ``Option/Kind/flagOrAuto``.
    case automatic
}
