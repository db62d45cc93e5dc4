/// What a word on the command line can be, for a shell that completes it.
enum ExpectedWord: Equatable {
    /// Anything, so the shell cannot propose a word.
    case anything
    case directory
    case file
    /// One of these words.
    case oneOf([String])
    /// The id of an existing container.
    case container
    /// The name of a command.
    case command
}

extension Option {
    /// What the option's value can be; nil for a flag, whose value is never the next word.
    var expected: ExpectedWord? {
        switch (kind, placeholder) {
        case (.flag, _): nil
        case (_, "BOOL"): .oneOf(["true", "false", "auto"])
        case (_, "DIR"): .directory
        case (_, "FILE"), (_, "SOCKET"): .file
        case (_, "FORMAT"): .oneOf([name == .logFormat ? "text" : "table", "json"])
        case (_, "HOST"): .oneOf(["real", "none"])
        case (_, "MANAGER"): .oneOf(["cgroupfs", "disabled"])
        default: .anything
        }
    }

    /// The words for the option on the command line: `--bundle`, `-b`.
    var words: [String] { ["--\(name.rawValue)"] + (letter.isEmpty ? [] : ["-\(letter)"]) }
}

extension Verb {
    /// What the operands can be, in order.
    var expected: [ExpectedWord] {
        switch self {
        case .kill: [.container, .oneOf(Self.signals)]
        case .mounts: [.oneOf(["add", "remove"]), .container, .file]
        case .help, .man: [.command]
        case .completion: [.oneOf(Shell.allCases.map { $0.rawValue })]
        // The id of a new container is one that no container has yet.
        case .create, .run: [.anything]
        default: CommandTable.entry(self).operands.hasPrefix(CommandTable.containerID) ? [.container] : []
        }
    }

    /// The signals that people send to containers (signal(7)).
    private static var signals: [String] {
        ["TERM", "KILL", "HUP", "INT", "QUIT", "USR1", "USR2", "STOP", "CONT", "WINCH"]
    }
}

/// A shell that ``Completion`` writes for.
enum Shell: String, CaseIterable {
    case bash
    case zsh
    case fish
}
