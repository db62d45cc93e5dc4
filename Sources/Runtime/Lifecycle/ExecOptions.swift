import Base

/// The options of `exec`.
public struct ExecOptions: Sendable {
    /// `--process`: a file with the process (config.md, "Process"), absolute. With it, what changes the process of config.json has no
    /// effect: ``arguments`` to ``terminal``.
    public var process: String?
    /// The program and its arguments.
    public var arguments: [String] = []
    /// `--cwd`.
    public var cwd: String?
    /// `--env`: `NAME=value` each, after those of config.json.
    public var environment: [String] = []
    /// The first part of `--user`.
    public var uid: UInt32?
    /// The second part of `--user`.
    public var gid: UInt32?
    /// `--additional-gids`, after those of config.json.
    public var additionalGroups: [UInt32] = []
    /// `--cap`: words of capabilities(7), beside those of config.json.
    public var capabilities: [String] = []
    /// `--no-new-privs`.
    public var noNewPrivileges = false
    /// `--apparmor`.
    public var apparmorProfile: String?
    /// `--process-label`.
    public var processLabel: String?
    /// `--tty`.
    public var terminal = false
    /// `--cgroup`.
    public var cgroups: [String] = []
    /// `--ignore-paused`.
    public var ignorePaused = false
    /// `--detach`.
    public var detach = false
    /// `--pid-file`, absolute.
    public var pidFile: String?
    /// `--console-socket`, absolute.
    public var consoleSocket: String?
    /// `--pidfd-socket`, absolute.
    public var pidfdSocket: String?
    /// `--preserve-fds`: how many descriptors from 3 on the program gets.
    public var preserveFDs = 0

    /// The options as they are where none is given.
    public init() {}

    /// How many descriptors from 3 on the program gets. Those of a service manager are for the container's own program.
    var keptDescriptors: KeptDescriptors {
        get throws(Failure) { try KeptDescriptors(listening: 0, preserved: preserveFDs) }
    }
}
