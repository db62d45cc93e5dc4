import Base
import Linux

/// A step of `exec`: write the pid file, before the program runs.
struct RecordProcess: Equatable {
    /// `--pid-file`, absolute.
    var pidFile: String

    var summary: String { "write \(pidFile)" }

    func perform(_ session: inout HostSession) throws(Failure) {
        try PIDFile.write(session.pid, to: pidFile)
        session.pidFile = pidFile
    }
}
