/// What the scripts for bash and zsh have in common, in code that both understand.
///
/// The functions use variables of their caller: `command`, `option` (the option whose value the current word is, or can
/// be), `expected` (what the current word can be), `operands` (how many there are), `ended` (whether the options have
/// ended), `root` (the option for `apus list`) and `prefix` (the part of the current word before a value: `--root=`).
enum PosixWalk {
    static var functions: String {
        table("what an option's value can be, by the command and its name", "_apus_value", Completion.values)
            + table("what an operand can be, by the command and its number", "_apus_operand", Completion.operands)
            + walk + expect
    }

    private static func table(_ comment: String, _ name: String, _ lines: Completion.Table) -> String {
        var text = "# \(comment)\n\(name)() {\n    case $1:$2 in\n"
        for (keys, words) in lines {
            text += "        \(keys.joined(separator: " | "))) expected=\(Completion.shellWord(words)) ;;\n"
        }
        return text + "        *) expected='' ;;\n    esac\n}\n\n"
    }

    private static let walk = #"""
        # walks over the words before the current one, as the program reads them
        _apus_walk() {
            local word name booleans='\#(Completion.booleans)'
            for word in "$@"; do
                if [[ $option ]]; then
                    name=$option
                    option=''
                    if [[ $expected != '? '* || $word =~ $booleans ]]; then
                        [[ $word != "~"/* ]] || word=$HOME/${word:2}
                        [[ $command:$name != :root ]] || root=(--root "$word")
                        continue
                    fi
                fi
                if [[ $ended || $word != -?* ]]; then
                    _apus_take "$word"
                elif [[ $word == -- ]]; then
                    ended=1
                else
                    name=${word#-}
                    name=${name#-}
                    if [[ $name != *=* ]]; then
                        _apus_value "$command" "$name"
                        case $expected in '' | '= '*) ;; *) option=$name ;; esac
                    elif [[ $command:$name == :root=* ]]; then
                        root=(--root "${name#*=}")
                    fi
                fi
            done
        }

        # takes a word that is no option
        _apus_take() {
            if [[ ! $command ]]; then
                command=$1
                [[ $command != h ]] || command=help
                ended=''
            else
                operands=$((operands + 1))
                case $command in \#(Completion.stopping.joined(separator: " | "))) ended=1 ;; esac
            fi
        }


        """#

    private static let expect = #"""
        # what the current word can be
        _apus_expect() {
            local name
            if [[ $option && $expected != '? '* ]]; then
                return
            elif [[ ! $ended && $1 == -*=* ]]; then
                prefix=${1%%=*}=
                name=${prefix#-}
                name=${name#-}
                _apus_value "$command" "${name%=}"
                expected=${expected#[=?] }
            elif [[ ! $ended && $1 == -* ]]; then
                expected='<option>'
            else
                name=''
                [[ ! $option ]] || name=${expected#'? '}
                _apus_operand "$command" "$((operands + 1))"
                expected="$name $expected"
            fi
        }


        """#
}

/// The script for bash(1): its section "Programmable Completion".
enum BashCompletion {
    static var script: String {
        var text = "# bash completion of apus, made by: apus completion bash\n\n" + PosixWalk.functions
        text += "# the options of a command, or those before it\n_apus_options() {\n    case $1 in\n"
        for (verb, options) in Completion.places {
            let words = options.flatMap { $0.spellings }.joined(separator: " ")
            text += "        \(verb?.rawValue ?? "''")) echo '\(words)' ;;\n"
        }
        let verbs = Verb.allCases.map { $0.rawValue }.joined(separator: " ")
        return text + "    esac\n}\n\n_apus_commands='\(verbs)'\n\n" + split + propose
    }

    /// Undoes bash's own splitting: bash also splits words at `:` and `=`, and replaces only what follows the last of
    /// these.
    private static let split = #"""
        # the words up to the cursor as they were typed
        _apus_split() {
            local LC_ALL=C word index rest
            rest=${COMP_LINE:0:COMP_POINT}
            for ((index = 0; index < COMP_CWORD; index++)); do
                word=${COMP_WORDS[index]}
                if [[ $index == 0 || $rest == [[:space:]]* ]]; then typed+=("$word"); else typed[-1]+=$word; fi
                rest=${rest#*"$word"}
            done
            if [[ $rest == [[:space:]]* ]]; then
                rest=${rest#"${rest%%[![:space:]]*}"}
                typed+=("$rest")
            else
                typed[-1]+=$rest
            fi
            [[ $rest != [=:]* ]] || rest=''
            kept=${typed[-1]%"$rest"}
        }


        """#

    private static let propose = #"""
        _apus() {
            local command='' option='' expected='' operands=0 ended='' root=() prefix=''
            local typed=() kept='' current kind word words=()
            _apus_split
            typed=("${typed[@]//[\\\"\']/}")
            current=${typed[-1]}
            _apus_walk "${typed[@]:1:${#typed[@]}-2}"
            _apus_expect "$current"
            COMPREPLY=()
            for kind in $expected; do
                words=()
                case $kind in
                    '<anything>') ;;
                    '<directory>') mapfile -t words < <(compgen -A directory -- "${current#"$prefix"}") ;;
                    '<file>') mapfile -t words < <(compgen -A file -- "${current#"$prefix"}") ;;
                    '<container>') read -d '' -ra words < <(apus "${root[@]}" list --quiet 2> /dev/null) ;;
                    '<command>') read -ra words <<< "$_apus_commands" ;;
                    '<option>') read -ra words < <(_apus_options "$command") ;;
                    *) words=("$kind") ;;
                esac
                [[ $kind != '<directory>' && $kind != '<file>' ]] || compopt -o filenames
                for word in "${words[@]}"; do
                    [[ $prefix$word != "$current"* ]] || COMPREPLY+=("$prefix$word")
                done
            done
            COMPREPLY=("${COMPREPLY[@]#"$kept"}")
        }
        complete -F _apus apus

        """#
}

/// The script for zsh: zshcompsys(1), `_describe`.
enum ZshCompletion {
    static var script: String {
        var text = "#compdef apus\n# zsh completion of apus, made by: apus completion zsh\n\n" + PosixWalk.functions
        text += "# the options of a command, or those before it\n_apus_options() {\n    local -a list\n    case $1 in\n"
        for (verb, options) in Completion.places {
            let lines = options.flatMap { option in option.spellings.map { "        " + line($0, option.help) } }
            text += "        \(verb?.rawValue ?? "''"))\n            list=(\n" + lines.joined()
            text += "            )\n            ;;\n"
        }
        text += "    esac\n    _describe -o option list\n}\n\n_apus_commands() {\n    local -a list=(\n"
        text += Verb.allCases.map { line($0.rawValue, CommandTable.entry($0).summary) }.joined()
        return text + "    )\n    _describe command list\n}\n\n" + propose
    }

    private static func line(_ word: String, _ help: String) -> String {
        "        \(Completion.shellWord("\(word):\(help)"))\n"
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
