import Base
import OCI

/// How important a line in the log is.
enum LogLevel: Equatable {
    /// A command failed.
    case error
    /// Only with `--debug`.
    case debug
    case warning

    /// The word for this level in the line.
    var word: String {
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
    init(option word: String?) throws(Failure) {
        switch word {
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
        case .text: "time=\"\(time.seconds)\" level=\(level.word) msg=\"\(Escaping.go.text(message))\""
        case .json:
            "{\"level\":\"\(level.word)\",\"msg\":\(quoted(message)),\"time\":\"\(time.seconds)\"\(more)}"
        }
    }
}
