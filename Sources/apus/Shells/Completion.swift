/// What a shell needs to complete the words of a command line, written from the command table.
enum Completion {
    /// The script for one shell.
    static func script(for shell: Shell) -> String {
        switch shell {
        case .bash: BashCompletion.script
        case .zsh: ZshCompletion.script
        case .fish: FishCompletion.script
        }
    }

    /// The commands, and nil for the words before one, with the options that are shown.
    static var places: [(verb: Verb?, options: [Option])] {
        [(nil, shown(CommandTable.globals))] + Verb.allCases.map { ($0, shown(CommandTable.options(of: $0))) }
    }

    private static func shown(_ options: [Option]) -> [Option] { options.filter { !$0.isHidden } }

    /// `text` as one word of bash, zsh or fish: in single quotes, and those in it outside of them.
    static func quoted(_ text: String) -> String {
        var word = "'"
        for scalar in text.unicodeScalars {
            if scalar == "'" { word += "'\\''" } else { word.unicodeScalars.append(scalar) }
        }
        return word + "'"
    }
}
