import Base
import Runtime

/// `apus delete [--force] [--regex] ID`
struct DeleteCommand: Equatable {
    var id: String
    var force = false
    /// Whether the id is a regular expression.
    var isRegex = false

    func perform(in globals: Globals) throws(Failure) {
        let options = try globals.runtimeOptions()
        guard isRegex else { return try Runtime.delete(id: id, force: force, in: options) }
        try forEachContainer(matching: id, in: options) { id throws(Failure) in
            try Runtime.delete(id: id, force: force, in: options)
        }
    }
}

extension DeleteCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", force: reader.flag(.force), isRegex: reader.flag(.regex))
    }
}

extension DeleteCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "remove a container and everything made for it",
            operands: CommandTable.containerID, count: .exactly(1),
            options: [
                Option(.force, "f", .flag, "", "kill it first unless it has stopped; an unknown container is no error"),
                .regex,
            ],
            description: """
                Removes a stopped container: its cgroup, its state, and what is left of its processes. With
                --force also any other container, which is killed first.
                """)
    }
}
