import Base
import Runtime

/// `apus resume ID`
struct ResumeCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.resume(id: id, in: try globals.runtimeOptions())
    }
}

extension ResumeCommand {
    init(_ reader: OptionReader) { self.init(id: reader.operand(0) ?? "") }
}

extension ResumeCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "let a paused container go on",
            operands: CommandTable.containerID, count: .exactly(1),
            description: "Thaws the cgroup of a container that 'apus pause' stopped.")
    }
}
