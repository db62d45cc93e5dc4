import Base
import Runtime

/// `apus pause ID`
struct PauseCommand: Equatable {
    var id: String

    func perform(in globals: Globals) throws(Failure) {
        try Runtime.pause(id: id, in: try globals.runtimeOptions())
    }
}

extension PauseCommand {
    init(_ reader: OptionReader) { self.init(id: reader.operand(0) ?? "") }
}

extension PauseCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "stop all processes of a container where they are",
            operands: CommandTable.containerID, count: .exactly(1),
            description: """
                Freezes the container's cgroup, and returns when all of its processes stand still. They can
                be killed, and go on with 'apus resume'.
                """)
    }
}
