import Base

/// `process`: the program that runs in the container (runtime-spec 1.3, config.md, "Process"). It is also the whole
/// text of `exec --process`.
public struct Process: JSONObject {
    /// Whether the process gets a pseudoterminal.
    public var terminal: Bool?
    /// The terminal's size; ignored unless `terminal` is true.
    public var consoleSize: ConsoleSize?
    /// The user and groups of the process. The standard does not require `user`; without it, both ids are 0.
    public var user = User()
    /// The argument vector. The runtime looks up the first argument as execvp(3) does.
    public var args: [String]?
    /// A command line for Windows; Linux does not use it.
    public var commandLine: String?
    /// The environment, each entry as `NAME=value`.
    public var env: [String]?
    /// The working directory, absolute, inside the container.
    public var cwd = ""
    /// The five capability sets.
    public var capabilities: CapabilitySets?
    /// Resource limits of the process.
    public var rlimits: [Rlimit]?
    /// Whether execve must not grant privileges (PR_SET_NO_NEW_PRIVS).
    public var noNewPrivileges: Bool?
    /// The AppArmor profile that applies from execve on.
    public var apparmorProfile: String?
    /// The value for /proc/PID/oom_score_adj: -1000 to 1000.
    public var oomScoreAdj: Int?
    /// Policy and parameters for sched_setattr(2).
    public var scheduler: Scheduler?
    /// The SELinux label that applies from execve on.
    public var selinuxLabel: String?
    /// Class and priority for ioprio_set(2).
    public var ioPriority: IOPriority?
    /// The processors for a process that `exec` adds.
    public var execCPUAffinity: ExecCPUAffinity?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "process" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("terminal", &terminal)
        try m.optional("consoleSize", &consoleSize)
        try m.required("user", &user, ifAbsent: .kept)
        try m.optional("args", &args)
        try m.optional("commandLine", &commandLine)
        try m.optional("env", &env)
        try m.required("cwd", &cwd)
        try m.optional("capabilities", &capabilities)
        try m.optional("rlimits", &rlimits)
        try m.optional("noNewPrivileges", &noNewPrivileges)
        try m.optional("apparmorProfile", &apparmorProfile)
        try m.optional("oomScoreAdj", &oomScoreAdj)
        try m.optional("scheduler", &scheduler)
        try m.optional("selinuxLabel", &selinuxLabel)
        try m.optional("ioPriority", &ioPriority)
        try m.optional("execCPUAffinity", &execCPUAffinity)
    }
}

/// `process.user` (runtime-spec 1.3, config.md, "POSIX-platform User"). Ids are numbered as the container sees them.
public struct User: JSONObject {
    /// The user id.
    public var uid: UInt32 = 0
    /// The group id.
    public var gid: UInt32 = 0
    /// The file mode creation mask.
    public var umask: UInt32?
    /// Supplementary groups. If absent or empty, the user has no such group.
    public var additionalGids: [UInt32]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a user" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("uid", &uid)
        try m.required("gid", &gid, ifAbsent: .readAsZero)
        try m.optional("umask", &umask)
        try m.optional("additionalGids", &additionalGids)
    }
}

/// `process.consoleSize`: the terminal's size in characters.
public struct ConsoleSize: JSONObject {
    /// Rows.
    public var height: UInt64 = 0
    /// Columns.
    public var width: UInt64 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a console size" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("height", &height)
        try m.required("width", &width)
    }
}

/// `process.capabilities`: names such as `CAP_CHOWN`, for each of the five sets (capabilities(7)).
public struct CapabilitySets: JSONObject {
    /// The limit on what execve can ever grant.
    public var bounding: [String]?
    /// What the kernel checks.
    public var effective: [String]?
    /// What stays across the execve of a file that has the capability in its own inheritable set.
    public var inheritable: [String]?
    /// What the process may make effective.
    public var permitted: [String]?
    /// What stays across the execve of any file. Each one must be permitted and inheritable too.
    public var ambient: [String]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("bounding", &bounding)
        try m.optional("effective", &effective)
        try m.optional("inheritable", &inheritable)
        try m.optional("permitted", &permitted)
        try m.optional("ambient", &ambient)
    }
}

/// One entry of `process.rlimits`, for prlimit(2).
public struct Rlimit: JSONObject {
    /// The limit's name in getrlimit(2), such as `RLIMIT_NOFILE`.
    public var type = ""
    /// The limit that the kernel enforces; 2^64-1 means no limit.
    public var soft: UInt64 = 0
    /// The highest soft limit; 2^64-1 means no limit.
    public var hard: UInt64 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a resource limit" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("type", &type)
        try m.required("hard", &hard, ifAbsent: .refusedLast)
        try m.required("soft", &soft)
    }
}
