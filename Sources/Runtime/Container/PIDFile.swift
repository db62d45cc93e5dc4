import Base
import Linux

/// `--pid-file`: the pid in decimal, without a line end, whole from the moment it is there: callers wait for the file and read
/// it at once.
enum PIDFile {
    /// - Parameter path: Absolute.
    static func write(_ pid: Int32, to path: String) throws(Failure) {
        let parts = Path.parts(path)
        guard let name = parts.last else { throw Failure("--pid-file \(path): not a file's name") }
        let folder = try open("/" + parts.dropLast().joined(separator: "/"), [.path, .directory])
        try folder.placeFile(name, with: "\(pid)", mode: 0o666)
    }

    /// Takes back what ``write(_:to:)`` did.
    static func remove(_ path: String) {
        let parts = Path.parts(path)
        guard let name = parts.last else { return }
        guard let folder = try? open("/" + parts.dropLast().joined(separator: "/"), [.path, .directory]) else { return }
        try? folder.unlinkat(name)
    }
}

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
