import Base

/// `process`: what runs in the container (runtime-spec 1.3, config.md, "Process"). Also the whole text of `exec
/// --process`.
public struct Process: Equatable, Sendable {
    /// Whether the process gets a pseudoterminal.
    public var terminal: Bool?
    /// The terminal's size; without meaning where `terminal` is not true.
    public var consoleSize: ConsoleSize?
    /// Who runs it; user and group 0 where the text has no `user` (the spec does not call it required).
    public var user: User
    /// The argument vector; the first is looked up as execvp(3) does.
    public var args: [String]?
    /// A command line for Windows; read, and of no use on Linux.
    public var commandLine: String?
    /// The environment, `NAME=value` each.
    public var env: [String]?
    /// The working directory, absolute, inside the container.
    public var cwd: String
    /// The five capability sets.
    public var capabilities: CapabilitySets?
    /// Resource limits of the process.
    public var rlimits: [Rlimit]?
    /// Whether execve may no longer give privileges (PR_SET_NO_NEW_PRIVS).
    public var noNewPrivileges: Bool?
    /// The AppArmor profile to change to at execve.
    public var apparmorProfile: String?
    /// What is written to /proc/PID/oom_score_adj; -1000 to 1000.
    public var oomScoreAdj: Int?
    /// Policy and parameters for sched_setattr(2).
    public var scheduler: Scheduler?
    /// The SELinux label to change to at execve.
    public var selinuxLabel: String?
    /// Class and priority for ioprio_set(2).
    public var ioPriority: IOPriority?
    /// Processors for a process that `exec` adds.
    public var execCPUAffinity: ExecCPUAffinity?

    /// A process with the given properties; the others are absent.
    public init(
        terminal: Bool? = nil, consoleSize: ConsoleSize? = nil, user: User = User(uid: 0, gid: 0),
        args: [String]? = nil, commandLine: String? = nil, env: [String]? = nil, cwd: String,
        capabilities: CapabilitySets? = nil, rlimits: [Rlimit]? = nil, noNewPrivileges: Bool? = nil,
        apparmorProfile: String? = nil, oomScoreAdj: Int? = nil, scheduler: Scheduler? = nil,
        selinuxLabel: String? = nil, ioPriority: IOPriority? = nil, execCPUAffinity: ExecCPUAffinity? = nil
    ) {
        self.terminal = terminal
        self.consoleSize = consoleSize
        self.user = user
        self.args = args
        self.commandLine = commandLine
        self.env = env
        self.cwd = cwd
        self.capabilities = capabilities
        self.rlimits = rlimits
        self.noNewPrivileges = noNewPrivileges
        self.apparmorProfile = apparmorProfile
        self.oomScoreAdj = oomScoreAdj
        self.scheduler = scheduler
        self.selinuxLabel = selinuxLabel
        self.ioPriority = ioPriority
        self.execCPUAffinity = execCPUAffinity
    }
}

extension Process: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var terminal: Bool?
        var consoleSize: ConsoleSize?
        var user: User?
        var args: [String]?
        var commandLine: String?
        var env: [String]?
        var cwd: String?
        var capabilities: CapabilitySets?
        var rlimits: [Rlimit]?
        var noNewPrivileges: Bool?
        var apparmorProfile: String?
        var oomScoreAdj: Int?
        var scheduler: Scheduler?
        var selinuxLabel: String?
        var ioPriority: IOPriority?
        var execCPUAffinity: ExecCPUAffinity?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "terminal": terminal = try json.boolean()
            case "consoleSize": consoleSize = try ConsoleSize(&json)
            case "user": user = try User(&json)
            case "args": args = try json.strings()
            case "commandLine": commandLine = try json.string()
            case "env": env = try json.strings()
            case "cwd": cwd = try json.string()
            case "capabilities": capabilities = try CapabilitySets(&json)
            case "rlimits": rlimits = try json.array(of: Rlimit.self)
            case "noNewPrivileges": noNewPrivileges = try json.boolean()
            case "apparmorProfile": apparmorProfile = try json.string()
            case "oomScoreAdj": oomScoreAdj = try json.integer()
            case "scheduler": scheduler = try Scheduler(&json)
            case "selinuxLabel": selinuxLabel = try json.string()
            case "ioPriority": ioPriority = try IOPriority(&json)
            case "execCPUAffinity": execCPUAffinity = try ExecCPUAffinity(&json)
            default: try json.skip()
            }
        }
        try self.init(
            terminal: terminal, consoleSize: consoleSize, user: user ?? User(uid: 0, gid: 0), args: args,
            commandLine: commandLine, env: env, cwd: json.required(cwd, "cwd", of: "process", at: start),
            capabilities: capabilities, rlimits: rlimits,
            noNewPrivileges: noNewPrivileges, apparmorProfile: apparmorProfile, oomScoreAdj: oomScoreAdj,
            scheduler: scheduler, selinuxLabel: selinuxLabel, ioPriority: ioPriority, execCPUAffinity: execCPUAffinity)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("terminal", terminal)
            json.member("consoleSize", consoleSize)
            json.member("user", user)
            json.member("args", args)
            json.member("commandLine", commandLine)
            json.member("env", env)
            json.member("cwd", cwd)
            json.member("capabilities", capabilities)
            json.member("rlimits", rlimits)
            json.member("noNewPrivileges", noNewPrivileges)
            json.member("apparmorProfile", apparmorProfile)
            json.member("oomScoreAdj", oomScoreAdj)
            json.member("scheduler", scheduler)
            json.member("selinuxLabel", selinuxLabel)
            json.member("ioPriority", ioPriority)
            json.member("execCPUAffinity", execCPUAffinity)
        }
    }
}
