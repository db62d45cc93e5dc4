import Foundation
import TestSupport

@testable import apus

/// Asks a shell that has loaded the script of apus what can come next on command lines.
struct AskedShell {
    var shell: Shell

    static func isInstalled(_ shell: Shell) -> Bool {
        ["/usr/bin", "/bin", "/usr/local/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(shell.rawValue)")
        }
    }

    /// What the shell answered, all in one run.
    struct Answers {
        /// Each line that the shell was asked, once or more, with the words that it proposed, sorted.
        var words: [(line: String, words: [String])] = []
        /// Everything else that the shell printed, such as errors in the script.
        var noise = ""
    }

    /// Asks in a folder with `bundle/`, `file.json` and an `apus` that knows two containers, and one below `--root /other`.
    func answers(to lines: [String]) throws -> Answers {
        var answers = Answers()
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/bundle", withIntermediateDirectories: false)
        for (text, name) in [
            ("{}", "file.json"), (Self.apus, "apus"), (Completion.script(for: shell), "_apus"), (driver, "driver"),
            (Self.zshrc, ".zshrc"), (lines.joined(separator: "\n") + "\n", "lines"), ("", "answers"),
        ] { try folder.write(text, to: name) }
        try folder.change(mode: 0o755, of: "apus")
        answers.noise = try run(in: folder)
        for line in try folder.text("answers").split(separator: "\n") {
            let parts = line.split(separator: "|", maxSplits: 1, omittingEmptySubsequences: false)
            // The shells differ in whether a proposal repeats `--option=`, and in the slash of a folder.
            let words = parts[1].split(separator: " ").map { word in
                String(word.replacing(#/^-[^=]*=|/$/#, with: ""))
            }
            answers.words.append((String(parts[0]), Set(words).sorted()))
        }
        return answers
    }

    private func run(in folder: TemporaryFolder) throws -> String {
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let options: [Shell: [String]] = [.bash: ["--norc"], .zsh: ["-f"], .fish: ["--no-config"]]
        process.arguments = ["timeout", "60", shell.rawValue] + (options[shell] ?? []) + ["driver"]
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = [
            "PATH": "\(folder.path):\(path)", "HOME": folder.path, "ZDOTDIR": folder.path, "TERM": "dumb",
            "LC_ALL": "C.UTF-8",
        ]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardInput = FileHandle.nullDevice
        (process.standardOutput, process.standardError) = (output, output)
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
            + (process.terminationStatus == 0 ? "" : "\(shell) ended with \(process.terminationStatus)")
    }

    private static let apus = """
        #!/bin/sh
        case "$*" in
            'list --quiet') echo first; echo second ;;
            '--root /other list --quiet') echo other ;;
            *) echo "unexpected:$*" ;;
        esac

        """

    private var driver: String {
        switch shell {
        case .bash: Self.bash
        case .zsh: Self.zsh
        case .fish: Self.fish
        }
    }

    /// Splits the words as readline does, at `=` and `:` too; and a second time as it does without these in COMP_WORDBREAKS.
    private static let bash = #"""
        . ./_apus
        compopt() { :; }
        for breaks in '[=:]+' '$^'; do
            while IFS= read -r COMP_LINE; do
                COMP_POINT=${#COMP_LINE}
                read -ra COMP_WORDS <<< "$(sed -E "s/$breaks/ & /g" <<< "$COMP_LINE")"
                [[ $COMP_LINE != *' ' ]] || COMP_WORDS+=('')
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                _apus
                echo "$COMP_LINE|${COMPREPLY[*]}" >> answers
            done < lines
        done

        """#

    /// The driver needs a terminal, and a shell that believes that a person uses it: such a shell reads ``zshrc``.
    private static let zsh = #"""
        zmodload zsh/zpty
        zpty shell 'zsh -d -i'
        while zpty -r shell line; do done
        print -rn -- "$(< noise)"

        """#

    private static let zshrc = #"""
        fpath=($ZDOTDIR $fpath)
        autoload -Uz compinit
        compinit -u -D
        zle -C answer list-choices _answer
        _answer() {
            _main_complete 2>> noise
            compstate[list]=''
            compstate[insert]=''
        }
        # keeps the words that are proposed; with -O, -A or -D it is only asked which would fit
        compadd() {
            local -a found
            if (( ! ${@[(I)-[OAD]]} )); then
                builtin compadd -A found "$@"
                proposed+=($found)
            fi
            builtin compadd "$@"
        }
        zle-line-init() {
            local -a proposed
            for BUFFER in "${(@f)$(< lines)}"; do
                CURSOR=$#BUFFER
                proposed=()
                zle answer
                print -r -- "$BUFFER|$proposed" >> answers
            done
            exit
        }
        zle -N zle-line-init

        """#

    private static let fish = #"""
        source ./_apus
        while read -l line
            set -l words (complete -C "$line" | string replace -r '\t.*' '')
            echo "$line|$words" >> answers
        end < lines

        """#
}
