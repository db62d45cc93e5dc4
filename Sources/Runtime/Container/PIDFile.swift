import Base
import Linux

/// The file of `--pid-file`: the pid in decimal, without a line end. It appears with its whole text at once, because
/// callers wait for the file and read it immediately.
enum PIDFile {
    /// Writes the file.
    ///
    /// - Parameter path: The absolute path of the file.
    static func write(_ pid: Int32, to path: String) throws(Failure) {
        let parts = Path.parts(path)
        guard let name = parts.last else { throw Failure("--pid-file \(path): not a file's name") }
        let folder = try open("/" + parts.dropLast().joined(separator: "/"), [.path, .directory])
        try folder.writeFileByLink(name, with: "\(pid)", mode: 0o666)
    }

    /// Removes the file that ``write(_:to:)`` made.
    static func remove(_ path: String) {
        let parts = Path.parts(path)
        guard let name = parts.last else { return }
        guard let folder = try? open("/" + parts.dropLast().joined(separator: "/"), [.path, .directory]) else { return }
        try? folder.unlinkat(name)
    }
}

/// Writes the pid file of `exec`, before the program runs.
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
