import Base
import Runtime

/// `apus start ID`
struct StartCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.start(id: id, notifying: CallerEnvironment.notifySocket, in: try globals.runtimeOptions())
    }
}

extension StartCommand {
    init(_ reader: OptionReader) { self.init(id: reader.operand(0) ?? "") }
}

extension StartCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "run the program of a created container",
            operands: CommandTable.containerID, count: .exactly(1),
            description: "Lets the waiting init of a container that 'apus create' made become its program.")
    }
}
