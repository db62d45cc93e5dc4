import Base
import CShim
import Linux
import OCI

/// How important a line in the log is.
enum LogLevel: Equatable {
    /// A command failed.
    case error
    /// Only with `--debug`.
    case debug
    case warning

    /// The name of this level in the line.
    var name: String {
        switch self {
        case .error: "error"
        case .debug: "debug"
        case .warning: "warning"
        }
    }
}

/// The form of a line in the log.
enum LogFormat: Equatable {
    /// `time="..." level=error msg="..."`
    case text
    /// `{"level":"error","msg":"...","time":"...","code":"...","hint":"..."}`
    case json

    /// Reads `--log-format`; nil, if the option is absent, means text.
    init(option name: String?) throws(Failure) {
        switch name {
        case nil, "text": self = .text
        case "json": self = .json
        case .some(let other): throw Failure("invalid log-format: \(other)", code: .usage)
        }
    }

    /// Returns one line, without its line end.
    func line(_ level: LogLevel, _ message: String, at time: Timestamp) -> String {
        line(level, message, at: time, more: "")
    }

    /// Returns one line for a failure, without its line end. In JSON it also has `code`, a word that stays the same,
    /// and `hint`, if the failure has one. Readers that know only the first three keys ignore these.
    func line(_ level: LogLevel, _ failure: Failure, at time: Timestamp) -> String {
        var more = ",\"code\":\"\(failure.stableCode.rawValue)\""
        if let hint = failure.hint { more += ",\"hint\":\(quoted(hint))" }
        return line(level, failure.line, at: time, more: more)
    }

    private func line(_ level: LogLevel, _ message: String, at time: Timestamp, more: String) -> String {
        switch self {
        case .text: "time=\"\(time.rfc3339)\" level=\(level.name) msg=\"\(Escaping.go.text(message))\""
        case .json:
            "{\"level\":\"\(level.name)\",\"msg\":\(quoted(message)),\"time\":\"\(time.rfc3339)\"\(more)}"
        }
    }
}

/// The log of failures: the file of `--log`, and standard error.
///
/// containerd reads the file as a stream of JSON values and wants an RFC 3339 time. Podman reads the whole file as one
/// value. So, without `--debug`, a failed command writes exactly one line; a successful one writes only its warnings.
///
/// The file is opened for each line and closed again: init inherits everything that is open when a container is made,
/// and keeps it open until `start`.
struct Log {
    /// The absolute path of the file; nil for standard error.
    let path: String?
    private let format: LogFormat
    private let isDebug: Bool

    /// Makes the log for a program that was given no other: text on standard error.
    init() { (path, format, isDebug) = (nil, .text, false) }

    /// Makes a log.
    ///
    /// - Parameters:
    ///   - path: The absolute path of a file to append to, which is made if it is absent; nil or empty for standard
    ///     error.
    ///   - format: `text` or `json`; nil for text.
    ///   - isDebug: Whether to write lines of the level debug.
    /// - Throws: ``Failure`` for another format.
    init(path: String?, format: String?, isDebug: Bool = false) throws(Failure) {
        self.path = path == "" ? nil : path
        self.format = try LogFormat(option: format)
        self.isDebug = isDebug
    }

    /// Makes the file if it is absent.
    ///
    /// - Throws: ``Failure`` of open(2), which every line would meet too.
    func check() throws(Failure) { _ = try open() }

    private func open() throws(Failure) -> Descriptor? {
        guard let path else { return nil }
        return try Linux.open(path, [.writeOnly, .create, .append, .synchronous], mode: 0o644)
    }

    /// Writes one line for `failure` with one write(2). If there is a file, the line goes to the file, and the bare
    /// message to standard error. Otherwise the line goes only to standard error.
    func report(_ failure: Failure) {
        let failure = Self.suspectingFilter(failure)
        let message = escaped(failure.line)
        let line = format.line(.error, failure, at: .now) + "\n"
        if path != nil {
            write(line)
            Self.write(message + "\n", to: Output.diagnostics.rawValue)
        } else if format == .text, Self.isTerminal(Output.diagnostics.rawValue) {
            Self.write("ERRO[0000] \(message)\n", to: Output.diagnostics.rawValue)
        } else {
            write(line)
        }
    }

    /// Writes one line for `message`, only with `--debug`. If there is a file, nothing goes to standard error.
    func debug(_ message: @autoclosure () -> String) {
        guard isDebug else { return }
        write(format.line(.debug, message(), at: .now) + "\n")
    }

    /// Writes one line for a warning, to the file; or to standard error if there is no file.
    ///
    /// A warning about an ambient capability that is not granted goes only to a file, or appears with `--debug`:
    /// Buildah asks for a dozen of them with every container, and shows our standard error as its program's.
    func warn(_ warning: Failure) {
        guard path != nil || isDebug || warning.stableCode != .ambientCapability else { return }
        write(format.line(.warning, warning, at: .now) + "\n")
    }

    /// Adds a hint about a seccomp filter. We check for a filter only if one would explain the failure.
    private static func suspectingFilter(_ failure: Failure) -> Failure {
        guard let cause = failure.cause, let hint = SuspectedFilter.hint(cause, isFiltered: true) else {
            return failure
        }
        return SeccompFilter.isAroundUs ? failure.hinting(hint) : failure
    }

    private func write(_ line: String) {
        let file = (try? open()) ?? nil
        switch file {
        case .some(let file): Self.write(line, to: file.number)
        case nil where path == nil: Self.write(line, to: Output.diagnostics.rawValue)
        case nil: break
        }
    }

    /// Ignores errors: if the log cannot be written, there is no other place to report that.
    private static func write(_ line: String, to number: CInt) {
        var line = line
        line.withUTF8 { bytes in _ = uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) } }
    }

    /// Whether the descriptor is a terminal: only a terminal answers ioctl(2) TCGETS.
    private static func isTerminal(_ number: CInt) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { termios in
            shim_ioctl(number, UInt(TCGETS), termios.baseAddress) == 0
        }
    }
}
