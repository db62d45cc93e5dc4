import Base
import Linux
import OCI

/// Takes and locks the container's id, and records that the container is being made and in which cgroup. If the runtime
/// is killed after this, `delete --force` can find what it left.
struct ReserveID: HostWork {
    static var word: StaticString { "take-id" }

    var id: ContainerID
    /// `--root`.
    var store: String
    /// The bytes of config.json.
    var config: [UInt8]
    var record: StateFile

    var summary: String { "take the id \(id.text): make and lock its folder, record it as creating" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.folder = try Store(root: store).make(id)
        session.lock = try session.folder.lock()
        // `delete --force` kills every process in the recorded cgroup, so the cgroup must not already be in use by
        // others.
        if let cgroup = record.cgroup { try Cgroup.refuseUsed(at: cgroup) }
        session.record = record
        // The first record already has a time, because readers written in Go cannot parse an empty one.
        session.record.created = Timestamp.now.rfc3339Nano
        try session.folder.write(session.record)
        try session.folder.keep(config: config)
    }
}

/// Records the container's init and writes the pid file. From here on the container is `created`.
struct RecordContainer: HostWork {
    static var word: StaticString { "record-container" }

    /// `--pid-file`, absolute.
    var pidFile: String?

    var summary: String { "record the container as created" + (pidFile.map { ", write \($0)" } ?? "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        guard let start = try session.proc.stat(of: session.pid) else {
            throw Failure.initDied()
        }
        session.record.pid = session.pid
        session.record.start = start.time
        if session.record.userNamespace == nil, session.record.namespaces.contains(where: { $0.type == .user }) {
            session.record.userNamespace = try session.proc.userNamespace(of: "\(session.pid)")
        }
        try session.folder.write(session.record)
        if let pidFile { try PIDFile.write(session.pid, to: pidFile) }
    }
}

/// Makes the gate at which init will wait for `start`.
struct MakeGate: HostWork {
    static var word: StaticString { "make-gate" }

    var summary: String { "make the start gate, \(StartGate.name)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.gate = try StartGate.make(in: session.folder.directory)
    }
}

/// Makes the folder, readable for everybody: if the container has a user namespace, no user in it owns the folder.
struct MakeNotifyFolder: HostWork {
    static var word: StaticString { "make-notify-folder" }

    var summary: String { "make a folder for \(NotifyFolder.variable.name)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.folder.directory.mkdirat(NotifyFolder.name, mode: 0o755)
        try session.folder.directory.fchmodat(NotifyFolder.name, mode: 0o755)
    }
}
