import Base
import Linux

/// A step of `exec`: write the pid file, before the program runs.
struct RecordProcess: HostWork {
    static var word: StaticString { "record-process" }

    /// `--pid-file`, absolute.
    var pidFile: String

    var summary: String { "write \(pidFile)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try PIDFile.write(session.pid, to: pidFile)
        session.pidFile = pidFile
    }
}
