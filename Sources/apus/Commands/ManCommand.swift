import Base

/// `apus man [COMMAND]`
struct ManCommand: Equatable {
    var topic: String?

    func perform() throws(Failure) {
        guard let topic else { return _ = Output.result.write(ManualPage.program) }
        guard let verb = Verb(name: topic) else {
            throw Failure("apus: \(quoted(topic)) is not a command", hint: "apus help lists the commands", code: .usage)
        }
        Output.result.write(ManualPage.command(verb))
    }
}

extension ManCommand {
    init(_ reader: OptionReader) { self.init(topic: reader.operand(0)) }
}

extension ManCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print a manual page, of apus or of a command",
            operands: "[command]", count: .between(0, 1),
            description: "The page is written in roff: apus man run | man -l -")
    }
}
