import Base
import Linux
import OCI

/// Records the container's init and writes the pid file. From here on the container is `created`.
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
