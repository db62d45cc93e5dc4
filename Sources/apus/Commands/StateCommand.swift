import Base
import OCI
import Runtime

/// `apus state ID`
struct StateCommand: Equatable {
    var id: String

    /// Prints the state without a line end, as runc does.
    func perform(in globals: Globals) throws(Failure) {
        let state = try Runtime.state(id: id, in: try globals.runtimeOptions())
        Output.result.write(State.Report(state).json(.spaces(2)))
    }
}

extension StateCommand {
    init(_ reader: OptionReader) { self.init(id: reader.operand(0) ?? "") }
}

extension StateCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print the state of a container",
            operands: CommandTable.containerID, count: .exactly(1),
            description: "Prints the state as JSON (OCI runtime specification, runtime.md, \"State\").")
    }
}
