import Base
import CShim
import Linux
import OCI

/// How a line of the log is written.
enum LogFormat: Equatable {
    /// `time="…" level=error msg="…"`
    case text
    /// `{"level":"error","msg":"…","time":"…"}`
    case json

    /// Reads `--log-format`; nil, where it was not given, means text.
    init(option word: String?) throws(Failure) {
        switch word {
        case nil, "text": self = .text
        case "json": self = .json
        case .some(let other): throw Failure("invalid log-format: \(other)")
        }
    }

    /// One line, without its end, for an error.
    ///
    /// containerd reads the file as a stream of JSON values and wants an RFC 3339 time; Podman reads the whole file as
    /// one value. So there is one line for a command that failed, and none for one that did not.
    func line(_ message: String, at time: Timestamp) -> String {
        switch self {
        case .text: "time=\"\(time.seconds)\" level=error msg=\(Self.quoted(message))"
        case .json: "{\"level\":\"error\",\"msg\":\(message.json(.compact)),\"time\":\"\(time.seconds)\"}"
        }
    }

    /// `text` as Go's `%q` has it, which logrus uses in its text lines: in quotation marks, and what could end the line
    /// or the quotation is escaped.
    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\0"..."\u{1F}", "\u{7F}":
                quoted += (scalar.value < 0x10 ? "\\x0" : "\\x") + String(scalar.value, radix: 16)
            case "\u{80}"..."\u{9F}": quoted += "\\u00" + String(scalar.value, radix: 16)
            case "\u{2028}", "\u{2029}": quoted += "\\u" + String(scalar.value, radix: 16)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

/// Where failures are told: the file of `--log`, and the standard error.
struct Log: ~Copyable {
    private let file: Descriptor?
    private let format: LogFormat

    private init(file: consuming Descriptor?, format: LogFormat) {
        self.file = file
        self.format = format
    }

    /// The log of a program that was not told of another one: text on the standard error.
    init() { self.init(file: nil, format: .text) }

    /// Opens the log.
    ///
    /// - Parameters:
    ///   - path: Of a file to append to, made where it is absent; nil or empty for the standard error.
    ///   - format: `text` or `json`; nil for text.
    /// - Throws: ``Failure`` for another format, or of open(2).
    init(path: String?, format: String?) throws(Failure) {
        let format = try LogFormat(option: format)
        let file = try Self.append(to: path)
        self.init(file: file, format: format)
    }

    private static func append(to path: String?) throws(Failure) -> Descriptor? {
        guard let path, !path.isEmpty else { return nil }
        return try open(path, [.writeOnly, .create, .append, .synchronous], mode: 0o644)
    }

    private var fileNumber: CInt? {
        switch file {
        case .some(let file): file.number
        case nil: nil
        }
    }

    /// Writes one line for `failure` with one write(2): to the file, and then bare to the standard error, or to the
    /// standard error alone.
    func report(_ failure: Failure) {
        let message = failure.line
        if let fileNumber {
            Self.write(format.line(message, at: .now) + "\n", to: fileNumber)
            Self.write(message + "\n", to: Output.diagnostics.rawValue)
        } else if format == .text, Self.isTerminal(Output.diagnostics.rawValue) {
            Self.write("ERRO[0000] \(message)\n", to: Output.diagnostics.rawValue)
        } else {
            Self.write(format.line(message, at: .now) + "\n", to: Output.diagnostics.rawValue)
        }
    }

    /// There is nobody left to tell of a log that cannot be written.
    private static func write(_ line: String, to number: CInt) {
        var line = line
        line.withUTF8 { bytes in _ = uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) } }
    }

    /// Whether ioctl(2) TCGETS, which only a terminal knows, is answered.
    private static func isTerminal(_ number: CInt) -> Bool {
        withUnsafeTemporaryAllocation(byteCount: 256, alignment: 8) { termios in
            shim_ioctl(number, 0x5401, termios.baseAddress) == 0
        }
    }
}
