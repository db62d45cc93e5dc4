/// The script for fish: complete(1).
enum FishCompletion {
    static var script: String {
        var text = """
            # fish completion of apus, made by: apus completion fish

            function __apus_containers
                apus list --quiet 2> /dev/null
            end

            complete -c apus -f

            """
        for verb in Verb.allCases {
            let summary = Completion.quoted(CommandTable.entry(verb).summary)
            text += "complete -c apus -n __fish_use_subcommand -a \(verb.rawValue) -d \(summary)\n"
        }
        for (verb, options) in Completion.places {
            let condition = verb.map { "'__fish_seen_subcommand_from \($0.rawValue)'" } ?? "__fish_use_subcommand"
            for option in options {
                text += "complete -c apus -n \(condition) -l \(option.name.rawValue)"
                if !option.letter.isEmpty { text += " -s \(option.letter)" }
                if let expected = option.expected, option.kind != .flagOrAuto {
                    text += requires(expected) + values(expected)
                }
                text += " -d \(Completion.quoted(option.help))\n"
            }
            guard let verb else { continue }
            for expected in verb.expected where expected != .anything {
                text += "complete -c apus -n \(condition)\(values(expected))\n"
            }
        }
        return text
    }

    /// That the next word belongs to the option, and whether it can be a file.
    private static func requires(_ expected: ExpectedWord) -> String { expected == .file ? " -r" : " -x" }

    private static func values(_ expected: ExpectedWord) -> String {
        switch expected {
        case .anything: ""
        case .directory: " -a '(__fish_complete_directories)'"
        case .file: " -F"
        case .container: " -a '(__apus_containers)'"
        case .oneOf(let words): " -a '\(words.joined(separator: " "))'"
        }
    }
}
