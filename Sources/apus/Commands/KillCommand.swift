import Base
import Linux
import Runtime

/// `apus kill [--all] ID [SIGNAL]`
struct KillCommand: Equatable {
    var id: String
    /// As it was written.
    var signal = "SIGTERM"
    var all = false

    /// The signal's number.
    var number: CInt {
        get throws(Failure) {
            guard let number = Signals.number(of: signal) else { throw Failure("unknown signal \"\(signal)\"") }
            return number
        }
    }

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.kill(id: id, signal: try number, all: all, in: try globals.runtimeOptions())
    }
}

extension KillCommand {
    init(_ words: OptionReader) {
        self.init(id: words.operand(0) ?? "", all: words.flag(.all))
        signal = words.operand(1) ?? signal
    }
}
