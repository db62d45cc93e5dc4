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
        session.record.created = Timestamp.now.precise
        try session.folder.write(session.record)
        try session.folder.keep(config: config)
    }
}
