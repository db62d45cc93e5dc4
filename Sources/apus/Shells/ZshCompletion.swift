/// The script for zsh: zshcompsys(1), `_describe`.
enum ZshCompletion {
    static var script: String {
        var text = "#compdef apus\n# zsh completion of apus, made by: apus completion zsh\n\n" + PosixWalk.functions
        text += "# the options of a command, or those before it\n_apus_options() {\n    local -a list\n    case $1 in\n"
        for (verb, options) in Completion.places {
            let lines = options.flatMap { option in option.words.map { "        " + line($0, option.help) } }
            text += "        \(verb?.rawValue ?? "''"))\n            list=(\n" + lines.joined()
            text += "            )\n            ;;\n"
        }
        text += "    esac\n    _describe -o option list\n}\n\n_apus_commands() {\n    local -a list=(\n"
        text += Verb.allCases.map { line($0.rawValue, CommandTable.entry($0).summary) }.joined()
        return text + "    )\n    _describe command list\n}\n\n" + propose
    }

    private static func line(_ word: String, _ help: String) -> String {
        "        \(Completion.quoted("\(word):\(help)"))\n"
    }

    private static let propose = #"""
        _apus() {
            local command='' option='' expected='' operands=0 ended='' prefix='' word
            local -a root list
            local curcontext=$curcontext expl result=1
            _apus_walk "${(@Q)words[2,CURRENT-1]}"
            _apus_expect "$PREFIX"
            [[ ! $prefix ]] || compset -P 1 '*='
            for word in ${=expected}; do
                case $word in
                    '<anything>') ;;
                    '<directory>') _wanted directories expl directory _path_files -/ && result=0 ;;
                    '<file>') _files && result=0 ;;
                    '<container>')
                        list=(${(f)"$(apus "${root[@]}" list --quiet 2> /dev/null)"})
                        _describe container list && result=0
                        ;;
                    '<command>') _apus_commands && result=0 ;;
                    '<option>') _apus_options "$command" && result=0 ;;
                    *) compadd -- "$word" && result=0 ;;
                esac
            done
            return result
        }

        _apus "$@"

        """#
}
