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
    init(_ words: OptionReader) { self.init(shell: words.operand(0) ?? "") }
}
