import Base
import Linux

/// The options before the verb, which hold for every command.
public struct RuntimeOptions: Sendable {
    /// `--root`: the absolute path of the directory with one folder per container.
    public var root: String
    /// `--systemd-cgroup`.
    public var systemdCgroup: Bool
    /// Where systemd may be reached; only with ``systemdCgroup``, and for containers that were made with it.
    public var buses = BusEnvironment()
    /// `--cgroup-manager disabled`: containers stay in the caller's cgroup. They cannot be paused or limited then.
    public var makesNoCgroup = false
    /// `--rootless`; nil is `auto`.
    public var rootless: Bool?
    /// `--debug`.
    public var debug: Bool
    /// `--log`, absolute. The runtime does not write there itself, but it keeps open the descriptors that the path
    /// leads through.
    public var logFile: String?
    /// `--trace FILE`.
    public var traceFile: String?
    /// Receives what is no failure but worth knowing: a capability that cannot be granted, a limit without effect.
    /// Called after the container or process has been made, or the change is done. A later step of the command may
    /// still fail.
    public var warn: @Sendable (Failure) -> Void = { _ in }
    /// Receives, if ``debug`` is set, what helps to find a cause: for example a system call that libseccomp does not
    /// know.
    public var note: @Sendable (String) -> Void = { _ in }

    /// Makes options for the containers below `root`.
    public init(
        root: String, systemdCgroup: Bool = false, rootless: Bool? = nil, debug: Bool = false, traceFile: String? = nil
    ) {
        self.root = root
        self.systemdCgroup = systemdCgroup
        self.rootless = rootless
        self.debug = debug
        self.traceFile = traceFile
    }

    var store: Store { Store(root: root) }

    func openTrace() throws(Failure) -> Trace? {
        guard let traceFile else { return nil }
        return try Trace.open(traceFile)
    }
}

/// The options of `create`, which `run` has too.
///
/// The paths are absolute because the runtime enters the bundle before it uses them.
public struct CreateOptions: Sendable {
    /// `--bundle`.
    public var bundle = "."
    /// `--config`: the absolute path of a file to read instead of the bundle's config.json.
    public var config: String?
    /// `--console-socket`, absolute.
    public var consoleSocket: String?
    /// `--pidfd-socket`, absolute.
    public var pidfdSocket: String?
    /// `--pid-file`, absolute.
    public var pidFile: String?
    /// `--no-pivot`.
    public var noPivot = false
    /// `--no-new-keyring`.
    public var noNewKeyring = false
    /// `--preserve-fds`: how many descriptors, counted from 3, the container's program gets.
    public var preserveFDs = 0

    /// How many descriptors, counted from 3, a service manager handed over for the container's program
    /// (sd_listen_fds(3)). Those of ``preserveFDs`` follow them.
    public var listenDescriptors = 0
    /// `NOTIFY_SOCKET`: where a service manager waits to hear that the container's program is ready (sd_notify(3)); nil
    /// if no service manager waits.
    public var notifySocket: String?

    /// Makes the options that hold if the command line gives none.
    public init() {}

    /// The descriptors from 3 on that the container's program gets.
    var keptDescriptors: KeptDescriptors {
        get throws(Failure) { try KeptDescriptors(listening: listenDescriptors, preserved: preserveFDs) }
    }
}

/// The options of `run`.
public struct RunOptions: Sendable {
    /// The options of `create`.
    public var create = CreateOptions()
    /// `--detach`.
    public var detach = false
    /// `--keep`.
    public var keep = false
    /// `--no-subreaper`.
    public var noSubreaper = false

    /// Makes the options that hold if the command line gives none.
    public init() {}
}

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
