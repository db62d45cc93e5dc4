/// The script for bash(1): its section "Programmable Completion".
enum BashCompletion {
    static var script: String {
        var text = "# bash completion of apus, made by: apus completion bash\n\n"
        text += "# the options of a command, or those before it\n_apus_options() {\n    case $1 in\n"
        for (verb, options) in Completion.places {
            let words = options.flatMap(\.words).joined(separator: " ")
            text += "        \(verb?.rawValue ?? "''")) echo '\(words)' ;;\n"
        }
        text += "    esac\n}\n\n"
        text +=
            "# what the value of an option can be; fails for one that takes none\n_apus_value() {\n    case $1:$2 in\n"
        for (verb, options) in Completion.places {
            for option in options {
                guard let expected = option.expected else { continue }
                let names = option.words.map { "\(verb?.rawValue ?? ""):\($0)" }.joined(separator: " | ")
                text += "        \(names)) echo '\(word(expected))' ;;\n"
            }
        }
        text += "        *) return 1 ;;\n    esac\n}\n\n"
        text += "# what an operand of a command can be, by its number from 1\n_apus_operand() {\n    case $1:$2 in\n"
        let verbs = Verb.allCases.map(\.rawValue).joined(separator: " ")
        text += "        :1) echo '\(verbs)' ;;\n"
        for verb in Verb.allCases {
            for (index, expected) in verb.expected.enumerated() where expected != .anything {
                text += "        \(verb.rawValue):\(index + 1)) echo '\(word(expected))' ;;\n"
            }
        }
        return text + "    esac\n}\n" + walk
    }

    private static func word(_ expected: ExpectedWord) -> String {
        switch expected {
        case .anything: ""
        case .directory: "<directory>"
        case .file: "<file>"
        case .container: "<container>"
        case .oneOf(let words): words.joined(separator: " ")
        }
    }

    /// Walks over the words, as the program does, and proposes what can come next.
    private static let walk = #"""

        _apus() {
            local current=${COMP_WORDS[COMP_CWORD]} command='' pending='' operands=0 word value index root=()
            COMPREPLY=()
            for ((index = 1; index < COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                if [[ $word == = ]]; then
                    continue
                elif [[ $pending ]]; then
                    [[ $command || $pending != --root ]] || root=(--root "$word")
                    pending=''
                elif [[ $word == -?* ]]; then
                    if value=$(_apus_value "$command" "$word"); then pending=$word; fi
                elif [[ ! $command ]]; then
                    command=$word
                else
                    operands=$((operands + 1))
                fi
            done
            [[ $current != = ]] || current=''
            if [[ $pending ]]; then
                value=$(_apus_value "$command" "$pending")
            elif [[ $current == -* ]]; then
                value=$(_apus_options "$command")
            else
                value=$(_apus_operand "$command" "$((operands + 1))")
            fi
            case $value in
                '<directory>') compopt -o filenames && mapfile -t COMPREPLY < <(compgen -A directory -- "$current") ;;
                '<file>') compopt -o filenames && mapfile -t COMPREPLY < <(compgen -A file -- "$current") ;;
                '<container>')
                    value=$(apus "${root[@]}" list --quiet 2> /dev/null)
                    mapfile -t COMPREPLY < <(compgen -W "$value" -- "$current")
                    ;;
                *) mapfile -t COMPREPLY < <(compgen -W "$value" -- "$current") ;;
            esac
        } &&
            complete -F _apus apus

        """#
}
