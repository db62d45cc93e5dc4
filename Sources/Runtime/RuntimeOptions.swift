import Base
import Linux

/// What holds for every command: the options before the verb.
public struct RuntimeOptions: Sendable {
    /// `--root`: the directory with a folder for each container, absolute.
    public var root: String
    /// `--systemd-cgroup`.
    public var systemdCgroup: Bool
    /// `--cgroup-manager disabled`: containers stay in the caller's cgroup. They cannot be paused or limited then.
    public var makesNoCgroup = false
    /// `--rootless`; nil is `auto`.
    public var rootless: Bool?
    /// `--debug`.
    public var debug: Bool
    /// `--log`, absolute: the runtime does not write there itself, but keeps open what the path leads through.
    public var logFile: String?
    /// `--trace FILE`.
    public var traceFile: String?
    /// Told what is no failure, but worth knowing: a capability that cannot be granted, a limit without effect. Called only
    /// where the command has succeeded: callers read one line of a failed one.
    public var warn: @Sendable (Failure) -> Void = { _ in }
    /// Told, where ``debug`` is set, what helps to find out why: a system call that no libseccomp knows.
    public var note: @Sendable (String) -> Void = { _ in }

    /// Options for the containers below `root`.
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
/// Its paths are absolute because the runtime enters the bundle before it uses them.
public struct CreateOptions: Sendable {
    /// `--bundle`.
    public var bundle = "."
    /// `--config`: a file to read instead of the bundle's config.json, absolute.
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
    /// `--preserve-fds`: how many descriptors from 3 on the container's program gets.
    public var preserveFDs = 0

    /// How many descriptors from 3 on a service manager handed over for the container's program (sd_listen_fds(3)); those of
    /// ``preserveFDs`` follow them.
    public var listenDescriptors = 0
    /// `NOTIFY_SOCKET`: where a service manager waits to hear that the container's program is ready (sd_notify(3)); nil where
    /// none does.
    public var notifySocket: String?

    /// The options as they are where none is given.
    public init() {}

    /// How many descriptors from 3 on the container's program gets.
    var keptDescriptors: KeptDescriptors {
        get throws(Failure) { try KeptDescriptors(listening: listenDescriptors, preserved: preserveFDs) }
    }
}

/// The options of `run`.
public struct RunOptions: Sendable {
    /// Those of `create`.
    public var create = CreateOptions()
    /// `--detach`.
    public var detach = false
    /// `--keep`.
    public var keep = false
    /// `--no-subreaper`.
    public var noSubreaper = false

    /// The options as they are where none is given.
    public init() {}
}
