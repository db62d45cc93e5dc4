import Base
import Linux
import OCI

/// Takes the container's id, locks it, and says on record that it is being made, and in which cgroup: whoever is killed
/// after this leaves something that `delete --force` can find.
struct ReserveID: HostWork {
    static var word: StaticString { "take-id" }

    var id: ContainerID
    /// `--root`.
    var store: String
    /// config.json as it was read.
    var config: [UInt8]
    var record: StateFile

    var summary: String { "take the id \(id.text): make and lock its folder, record it as creating" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.folder = try Store(root: store).make(id)
        session.lock = try session.folder.lock()
        // What is in the recorded cgroup is what `delete --force` ends: it must not be somebody else's.
        if let cgroup = record.cgroup { try Cgroup.refuseUsed(at: cgroup) }
        session.record = record
        // From the first record on: readers written in Go cannot read an empty time.
        session.record.created = Timestamp.now.precise
        try session.folder.write(session.record)
        try session.folder.keep(config: config)
    }
}

/// Makes the gate, at which init will wait for `start`.
struct MakeGate: HostWork {
    static var word: StaticString { "make-gate" }

    var summary: String { "make the start gate, \(StartGate.name)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.gate = try StartGate.make(in: session.folder.directory)
    }
}

/// Says on record that the container is there, and writes the pid file. From here on it is `created`.
struct RecordContainer: HostWork {
    static var word: StaticString { "record-container" }

    /// `--pid-file`, absolute.
    var pidFile: String?

    var summary: String { "record the container as created" + (pidFile.map { ", write \($0)" } ?? "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        guard let start = try session.proc.start(of: session.pid) else {
            throw Failure.initDied()
        }
        session.record.pid = session.pid
        session.record.start = start.time
        if session.record.namespaces.contains(where: { $0.type == .user }) {
            session.record.userNamespace = try session.proc.userNamespace(of: "\(session.pid)")
        }
        try session.folder.write(session.record)
        if let pidFile { try PIDFile.write(session.pid, to: pidFile) }
    }
}
