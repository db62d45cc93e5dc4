import Base
import OCI
import Runtime

/// `apus ps [--format table|json] ID [ps options]`
struct PsCommand: Equatable {
    var id: String
    var format = "table"
    /// The arguments for ps(1); `-ef` if there are no others.
    var arguments: [String] = []

    func perform(in globals: Globals) throws(Failure) {
        guard format == "table" || format == "json" else { throw Failure("invalid format option", code: .usage) }
        let pids = try Runtime.processes(id: id, in: try globals.runtimeOptions())
        if format == "json" {
            Output.result.write(pids.json(.compact) + "\n")
        } else {
            let arguments = arguments.isEmpty ? ["-ef"] : arguments
            Output.result.write(
                try Runtime.processTable(of: pids, arguments: arguments, path: CallerEnvironment.value("PATH")))
        }
    }
}

extension PsCommand {
    init(_ reader: OptionReader) {
        self.init(id: reader.operand(0) ?? "", arguments: Array(reader.operands.dropFirst()))
        format = reader.text(.format) ?? format
    }
}

extension PsCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "list the processes of a container",
            operands: "\(CommandTable.containerID) [ps options]", count: .atLeast(1), stopsAtFirstOperand: true,
            options: [Option(.format, "f", .text, "FORMAT", "'table' or 'json' (default: table)")],
            description: """
                'json' is an array of process ids. 'table' is what the host's ps prints of them; what follows
                the id are options for it, instead of -ef.
                """)
    }
}
