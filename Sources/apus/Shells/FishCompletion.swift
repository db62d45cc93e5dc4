/// The script for fish (complete(1)). It walks over the words like ``PosixWalk``, written in fish's language.
enum FishCompletion {
    static var script: String {
        "# fish completion of apus, made by: apus completion fish\n\n"
            + table("what an option's value can be, by the command and its name", "__apus_value", Completion.values)
            + table("what an operand can be, by the command and its number", "__apus_operand", Completion.operands)
            + options + commands + walk + expect + propose
    }

    private static func table(_ comment: String, _ name: String, _ lines: Completion.Table) -> String {
        var text = "# \(comment)\nfunction \(name)\n    switch \"$argv[1]:$argv[2]\"\n"
        for (keys, words) in lines {
            text += "        case \(keys.joined(separator: " "))\n            echo \(Completion.shellWord(words))\n"
        }
        return text + "    end\nend\n\n"
    }

    private static var options: String {
        var text = "# the options of a command, or those before it\nfunction __apus_options\n    switch \"$argv[1]\"\n"
        for (verb, options) in Completion.places {
            let lines = options.flatMap { option in option.spellings.map { (word: $0, meaning: option.help) } }
            text += "        case \(verb?.rawValue ?? "''")\n" + pairs(lines, indent: "            ")
        }
        return text + "    end\nend\n\n"
    }

    private static var commands: String {
        "function __apus_commands\n"
            + pairs(Verb.allCases.map { (word: $0.rawValue, meaning: CommandTable.entry($0).summary) }, indent: "    ")
            + "end\n\n"
    }

    /// Returns the fish code that prints words with their meanings, one per line.
    private static func pairs(_ lines: [(word: String, meaning: String)], indent: String) -> String {
        let pairs = lines.map { " \\\n\(indent)    \($0.word) \(Completion.shellWord($0.meaning))" }.joined()
        return "\(indent)printf '%s\\t%s\\n'\(pairs)\n"
    }

    private static let walk = #"""
        # walks over the words before the current one, as the program reads them
        function __apus_walk -S
            for word in $argv
                if test -n "$option"
                    set -l name $option
                    set option ''
                    if not string match -q '? *' -- "$expected"
                        or string match -qr '\#(Completion.booleans)' -- "$word"
                        set word (string replace -r '^~/' "$HOME/" -- "$word")
                        test "$command:$name" != :root; or set root --root $word
                        continue
                    end
                end
                if test -n "$ended"; or not string match -qr '^-.' -- "$word"
                    __apus_take "$word"
                else if test "$word" = --
                    set ended 1
                else
                    set -l name (string replace -r '^--?' '' -- $word)
                    if not string match -q '*=*' -- $name
                        set expected (__apus_value "$command" $name)
                        string match -qr '^(= |$)' -- "$expected"; or set option $name
                    else if string match -q ':root=*' -- "$command:$name"
                        set root --root (string replace root= '' -- $name)
                    end
                end
            end
        end

        # takes a word that is no option
        function __apus_take -S
            if test -z "$command"
                set command $argv[1]
                test "$command" != h; or set command help
                set ended ''
            else
                set operands (math $operands + 1)
                contains -- $command \#(Completion.stopping.joined(separator: " ")); and set ended 1
            end
        end


        """#

    private static let expect = #"""
        # what the current word can be
        function __apus_expect -S
            if test -n "$option"; and not string match -q '? *' -- "$expected"
                return
            else if test -z "$ended"; and string match -q -- '-*=*' "$current"
                set prefix (string replace -r '=.*' = -- $current)
                set expected (__apus_value "$command" (string replace -r '^--?(.*)=$' '$1' -- $prefix))
                set expected (string replace -r '^[=?] ' '' -- "$expected")
            else if test -z "$ended"; and string match -q -- '-*' "$current"
                set expected '<option>'
            else
                set -l values
                test -z "$option"; or set values (string replace -r '^\? ' '' -- $expected)
                set expected "$values "(__apus_operand "$command" (math $operands + 1); or echo)
            end
        end


        """#

    private static let propose = #"""
        function __apus
            set -l command ''
            set -l option ''
            set -l expected ''
            set -l operands 0
            set -l ended ''
            set -l root
            set -l prefix ''
            set -l current (commandline -ct)
            set -l before (commandline -opc)
            __apus_walk $before[2..]
            __apus_expect
            for word in (string split -n ' ' -- "$expected")
                switch $word
                    case '<anything>'
                    case '<directory>'
                        string replace -r '^' -- "$prefix" (__fish_complete_directories (string replace -- "$prefix" '' "$current"))
                    case '<file>'
                        string replace -r '^' -- "$prefix" (__fish_complete_path (string replace -- "$prefix" '' "$current"))
                    case '<container>'
                        apus $root list --quiet 2> /dev/null
                    case '<command>'
                        __apus_commands
                    case '<option>'
                        __apus_options "$command"
                    case '*'
                        echo $prefix$word
                end
            end
        end

        complete -c apus -f -a '(__apus)'

        """#
}
