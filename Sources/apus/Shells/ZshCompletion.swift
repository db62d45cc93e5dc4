/// The script for zsh: zshcompsys(1), `_arguments`.
enum ZshCompletion {
    static var script: String {
        var text = """
            #compdef apus
            # zsh completion of apus, made by: apus completion zsh

            _apus_containers() {
                local -a ids
                ids=(${(f)"$(apus ${opt_args[--root]:+--root ${(Q)opt_args[--root]}} list --quiet 2> /dev/null)"})
                _describe container ids
            }

            _apus_commands() {
                local -a commands
                commands=(

            """
        for verb in Verb.allCases {
            text += "        \(Completion.quoted("\(verb.rawValue):\(CommandTable.entry(verb).summary)"))\n"
        }
        text += "    )\n    _describe command commands\n}\n\n_apus() {\n    local line state\n    local -A opt_args\n"
        text += "    _arguments -C \\\n"
        for option in Completion.places[0].options { text += argument(option) }
        text += "        '1:command:_apus_commands' '*::argument:->argument'\n"
        text += "    [[ $state == argument ]] || return\n    case $line[1] in\n"
        for (verb, options) in Completion.places.dropFirst() {
            guard let verb else { continue }
            text += "        \(verb.rawValue))\n            _arguments \\\n"
            for option in options { text += "        " + argument(option) }
            for (index, expected) in verb.expected.enumerated() {
                text += "                '\(index + 1):\(noun(expected)):\(action(expected))' \\\n"
            }
            text += "                && return\n            ;;\n"
        }
        return text + "    esac\n}\n\n_apus \"$@\"\n"
    }

    /// `'(--bundle -b)'{--bundle,-b}'[the directory]:DIR:_files -/' \`
    private static func argument(_ option: Option) -> String {
        let words = option.words
        var text = "        "
        if option.isRepeatable {
            text += "'*'"
        } else if words.count > 1 {
            text += "'(\(words.joined(separator: " ")))'"
        }
        text += words.count > 1 ? "{\(words.joined(separator: ","))}" : words[0]
        var help = Completion.quoted("[\(escaped(option.help))]")
        if let expected = option.expected {
            let isOptional = option.kind == .flagOrAuto
            help.removeLast()
            help += "\(isOptional ? "::" : ":")\(option.placeholder.lowercased()):\(action(expected))'"
        }
        return text + help + " \\\n"
    }

    /// What has a meaning in a description.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "[" || scalar == "]" || scalar == ":" || scalar == "\\" { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }

    private static func noun(_ expected: ExpectedWord) -> String {
        switch expected {
        case .anything: "id"
        case .directory: "directory"
        case .file: "file"
        case .container: "container"
        case .oneOf: "word"
        }
    }

    private static func action(_ expected: ExpectedWord) -> String {
        switch expected {
        case .anything: ""
        case .directory: "_files -/"
        case .file: "_files"
        case .container: "_apus_containers"
        case .oneOf(let words): "(\(words.joined(separator: " ")))"
        }
    }
}
