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
            text += "        \(keys.joined(separator: " | "))) expected=\(Completion.quoted(words)) ;;\n"
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
