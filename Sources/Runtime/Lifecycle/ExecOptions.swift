import Base

/// The options of `exec`.
public struct ExecOptions: Sendable {
    /// `--process`: the absolute path of a file with the process (config.md, "Process"). Then the options that change
    /// the process of config.json have no effect: ``arguments`` to ``terminal``.
    public var process: String?
    /// The program and its arguments.
    public var arguments: [String] = []
    /// `--cwd`.
    public var cwd: String?
    /// `--env`: one `NAME=value` each, added after those of config.json.
    public var environment: [String] = []
    /// The first part of `--user`.
    public var uid: UInt32?
    /// The second part of `--user`.
    public var gid: UInt32?
    /// `--additional-gids`: added after those of config.json.
    public var additionalGroups: [UInt32] = []
    /// `--cap`: names from capabilities(7), in addition to those of config.json.
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
    /// `--preserve-fds`: how many descriptors, counted from 3, the program gets.
    public var preserveFDs = 0

    /// Makes the options that hold if the command line gives none.
    public init() {}

    /// The descriptors from 3 on that the program gets. A service manager's descriptors go only to the container's own
    /// program.
    var keptDescriptors: KeptDescriptors {
        get throws(Failure) { try KeptDescriptors(listening: 0, preserved: preserveFDs) }
    }
}
