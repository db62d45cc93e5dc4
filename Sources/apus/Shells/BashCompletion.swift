/// The script for bash(1): its section "Programmable Completion".
enum BashCompletion {
    static var script: String {
        var text = "# bash completion of apus, made by: apus completion bash\n\n" + PosixWalk.functions
        text += "# the options of a command, or those before it\n_apus_options() {\n    case $1 in\n"
        for (verb, options) in Completion.places {
            let words = options.flatMap { $0.words }.joined(separator: " ")
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
