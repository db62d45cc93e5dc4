import Base

/// `apus completion bash|zsh|fish`
struct CompletionCommand: Equatable {
    var shell: String

    func perform() throws(Failure) {
        guard let shell = Shell(rawValue: shell) else {
            throw Failure("unknown shell \(quoted(shell))", hint: "it is bash, zsh or fish", code: .usage)
        }
        Output.result.write(Completion.script(for: shell))
    }
}

extension CompletionCommand {
    init(_ reader: OptionReader) { self.init(shell: reader.operand(0) ?? "") }
}

extension CompletionCommand {
    /// The entry in the command table, for the help and the option reader.
    static var entry: CommandEntry {
        CommandEntry(
            summary: "print a script that lets a shell complete apus's commands and options",
            operands: "<shell>", count: .exactly(1),
            description: """
                The shell is bash, zsh or fish. For bash: source <(apus completion bash), or keep it as
                /usr/share/bash-completion/completions/apus.
                """)
    }
}
