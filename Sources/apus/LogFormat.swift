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
        if let hint = failure.hint { more += ",\"hint\":\(quoted(hint))" }
        return line(level, failure.line, at: time, more: more)
    }

    private func line(_ level: LogLevel, _ message: String, at time: Timestamp, more: String) -> String {
        switch self {
        case .text: "time=\"\(time.seconds)\" level=\(level.word) msg=\"\(Escaping.go.text(message))\""
        case .json:
            "{\"level\":\"\(level.word)\",\"msg\":\(quoted(message)),\"time\":\"\(time.seconds)\"\(more)}"
        }
    }
}
