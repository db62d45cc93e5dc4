import Base
import OCI
import Runtime

/// `apus ps [--format table|json] ID [ps options]`
struct PsCommand: Equatable {
    var id: String
    var format = "table"
    /// For ps(1); `-ef` where there are none.
    var arguments: [String] = []

    func perform(in globals: Globals) throws(Failure) {
        guard format == "table" || format == "json" else { throw Failure("invalid format option", code: .usage) }
        let pids = try Runtime.processes(id: id, in: try globals.runtimeOptions())
        if format == "json" {
            Output.result.write(pids.json(.compact) + "\n")
        } else {
            let arguments = arguments.isEmpty ? ["-ef"] : arguments
            Output.result.write(
                try Runtime.processTable(of: pids, arguments: arguments, path: Environment.value("PATH")))
        }
    }
}

extension PsCommand {
    init(_ words: OptionReader) {
        self.init(id: words.operand(0) ?? "", arguments: Array(words.operands.dropFirst()))
        format = words.text(.format) ?? format
    }
}
