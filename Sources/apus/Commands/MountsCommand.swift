import Base
import Runtime

/// `apus mounts add|remove ID FILE`
struct MountsCommand: Equatable {
    /// `add` or `remove`, as the caller wrote it.
    var change: String
    var id: String
    var file: String

    func perform(in globals: Globals) throws(Failure) {
        guard let change = MountChange(rawValue: change) else {
            throw Failure("mounts: \(quoted(change)) is neither add nor remove", code: .usage)
        }
        let file = try Path.absolute(file) ?? ""
        let runtime = try globals.runtimeOptions()
        try sealProgram(forMounts: file, in: runtime)
        try Runtime.change(mounts: file, by: change, of: id, in: runtime)
    }
}

extension MountsCommand {
    init(_ reader: OptionReader) {
        self.init(change: reader.operand(0) ?? "", id: reader.operand(1) ?? "", file: reader.operand(2) ?? "")
    }
}

extension MountsCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "add mounts to a container, or remove some",
            operands: "<add, remove> \(CommandTable.containerID) <mounts-file>", count: .exactly(3),
            description: """
                The file is JSON: an array of mounts as config.json has them, or an object with such an array
                as 'mounts'. Of one to remove only the destination counts. Sources are the host's. If one
                cannot be added, none is.
                """)
    }
}
