import Base
import Linux
import Runtime

/// `apus kill [--all] [--regex] ID [SIGNAL]`
struct KillCommand: Equatable {
    var id: String
    /// The signal, as the caller wrote it.
    var signal = "SIGTERM"
    var all = false
    /// Whether the id is a regular expression.
    var isRegex = false

    /// The signal's number.
    var number: CInt {
        get throws(Failure) {
            guard let number = Signals.number(of: signal) else {
                throw Failure("unknown signal \"\(signal)\"", code: .usage)
            }
            return number
        }
    }

    func perform(in globals: Globals) throws(Failure) {
        let number = try number, options = try globals.runtimeOptions()
        guard isRegex else { return try Runtime.kill(id: id, signal: number, all: all, in: options) }
        try forEachContainer(matching: id, in: options) { id throws(Failure) in
            try Runtime.kill(id: id, signal: number, all: all, in: options)
        }
    }
}

extension KillCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", all: reader.flag(.all), isRegex: reader.flag(.regex))
        signal = reader.operand(1) ?? signal
    }
}

extension KillCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "send a signal to a container's init",
            operands: "\(CommandTable.containerID) [signal]", count: .between(1, 2),
            options: [
                Option(.all, "a", .flag, "", "a container that is not running is no error", isHidden: true),
                .regex,
            ],
            description: """
                The signal is a number or a name, with or without SIG, in any case; without one it is TERM.
                KILL ends every process of a container that has no pid namespace of its own.
                """)
    }
}
