/// The scripts with which a shell completes the words of a command line, written from the command table.
///
/// Each script walks over the words before the current one, by the rules of ``OptionReader``. So it finds out what the
/// current word can be: one of some words, or a word in angle brackets such as `<directory>`, for which each shell has
/// its own means.
enum Completion {
    /// Returns the script for one shell.
    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: BashCompletion.script
        case .zsh: ZshCompletion.script
        case .fish: FishCompletion.script
        }
    }

    /// The commands, and nil for the words before a command, with the options that the help shows.
    static var places: [(verb: Verb?, options: [Option])] {
        all.map { place in (place.verb, place.options.filter { !$0.isHidden }) }
    }

    /// The same, with the hidden options too.
    private static var all: [(verb: Verb?, options: [Option])] {
        [(nil, CommandTable.globals)] + Verb.allCases.map { ($0, CommandTable.options(of: $0)) }
    }

    /// The lines of a table in which the scripts look something up.
    typealias Table = [(keys: [String], words: String)]

    /// What the value of an option can be. The keys are the command and an option's name without dashes: `exec:user`,
    /// `:root`.
    ///
    /// The words begin with `=` if the value can only follow an `=`, and with `?` if the value can be absent.
    static var values: Table {
        var table: Table = []
        for (verb, options) in all {
            var place: Table = []
            for option in options {
                let names = [option.name.rawValue, option.letter].filter { !$0.isEmpty }
                let keys = names.map { "\(verb?.rawValue ?? ""):\($0)" }
                let words = words(of: option)
                if let index = place.firstIndex(where: { $0.words == words }) {
                    place[index].keys += keys
                } else {
                    place.append((keys, words))
                }
            }
            table += place
        }
        return table
    }

    private static func words(of option: Option) -> String {
        guard let expected = option.expected else { return "= true false" }
        return (option.kind == .flagOrAuto ? "? " : "") + words(expected)
    }

    /// What an operand can be. The keys are the command and the operand's number, counted from 1: `kill:2`. The command
    /// itself is `:1`.
    static var operands: Table {
        var table: Table = [([":1"], words(.command))]
        for verb in Verb.allCases {
            for (index, expected) in verb.expected.enumerated() where expected != .anything {
                table.append((["\(verb.rawValue):\(index + 1)"], words(expected)))
            }
        }
        return table
    }

    private static func words(_ expected: ExpectedWord) -> String {
        switch expected {
        case .anything: "<anything>"
        case .directory: "<directory>"
        case .file: "<file>"
        case .container: "<container>"
        case .command: "<command>"
        case .oneOf(let words): words.joined(separator: " ")
        }
    }

    /// The commands whose options end at the first operand.
    static var stopping: [String] {
        Verb.allCases.filter { CommandTable.entry($0).stopsAtFirstOperand }.map { $0.rawValue }
    }

    /// The words that ``Option/Kind/flagOrAuto`` accepts as its value, as an extended regular expression.
    static let booleans = "^(1|t|T|true|TRUE|True|0|f|F|false|FALSE|False|auto|AUTO|Auto|)$"

    /// Returns `text` as one word of bash, zsh or fish: in single quotes, with the single quotes of the text itself
    /// outside of them.
    static func shellWord(_ text: String) -> String {
        var word = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
        }
        return word + "'"
    }
}

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

    /// How the option is written on the command line: `--bundle`, `-b`.
    var spellings: [String] { ["--\(name.rawValue)"] + (letter.isEmpty ? [] : ["-\(letter)"]) }
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
