/// What a word of the command line can be, for a shell that completes it.
enum ExpectedWord: Equatable {
    /// Anything: nothing can be proposed.
    case anything
    case directory
    case file
    /// One of these.
    case oneOf([String])
    /// The id of a container that there is.
    case container
    /// The name of a command.
    case command
}

extension Option {
    /// What its value can be; nil for a flag, which takes none in the next word.
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

    /// The words that name it: `--bundle`, `-b`.
    var words: [String] { ["--\(name.rawValue)"] + (letter.isEmpty ? [] : ["-\(letter)"]) }
}

extension Verb {
    /// What its operands can be, in their order.
    var expected: [ExpectedWord] {
        switch self {
        case .kill: [.container, .oneOf(Self.signals)]
        case .mounts: [.oneOf(["add", "remove"]), .container, .file]
        case .help, .man: [.command]
        case .completion: [.oneOf(Shell.allCases.map { $0.rawValue })]
        // A new one has a name that nobody has.
        case .create, .run: [.anything]
        default: CommandTable.entry(self).operands.hasPrefix(CommandTable.containerID) ? [.container] : []
        }
    }

    /// Those that are sent to containers, of signal(7).
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
