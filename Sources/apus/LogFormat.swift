import Base
import OCI

/// How much a line of the log matters.
enum LogLevel: Equatable {
    /// A command failed.
    case error
    /// Only with `--debug`.
    case debug
    case warning

    /// As it stands in the line.
    var word: String {
        switch self {
        case .error: "error"
        case .debug: "debug"
        case .warning: "warning"
        }
    }
}

/// How a line of the log is written.
enum LogFormat: Equatable {
    /// `time="..." level=error msg="..."`
    case text
    /// `{"level":"error","msg":"...","time":"...","code":"...","hint":"..."}`
    case json

    /// Reads `--log-format`; nil, where it was not given, means text.
    init(option word: String?) throws(Failure) {
        switch word {
        case nil, "text": self = .text
        case "json": self = .json
        case .some(let other): throw Failure("invalid log-format: \(other)", code: .usage)
        }
    }

    /// One line, without its end.
    func line(_ level: LogLevel, _ message: String, at time: Timestamp) -> String {
        line(level, message, at: time, more: "")
    }

    /// One line for a failure, without its end. In JSON it also has `code`, a word that stays the same, and, where there is
    /// one, `hint`; readers that know only the first three keys pass over them.
    func line(_ level: LogLevel, _ failure: Failure, at time: Timestamp) -> String {
        var more = ",\"code\":\"\(failure.stableCode.rawValue)\""
        if let hint = failure.hint { more += ",\"hint\":\(hint.json(.compact))" }
        return line(level, failure.line, at: time, more: more)
    }

    private func line(_ level: LogLevel, _ message: String, at time: Timestamp, more: String) -> String {
        switch self {
        case .text: "time=\"\(time.seconds)\" level=\(level.word) msg=\(Self.quoted(message))"
        case .json:
            "{\"level\":\"\(level.word)\",\"msg\":\(message.json(.compact)),\"time\":\"\(time.seconds)\"\(more)}"
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
