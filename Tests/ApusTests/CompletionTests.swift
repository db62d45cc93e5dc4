import Foundation
import Testing

@testable import apus

/// Asks the shells themselves for completions, if they are installed.
@Suite("Completion")
struct CompletionTests {
    @Test("bash proposes what can come next", .enabled(if: AskedShell.isInstalled(.bash), "bash is not installed"))
    func bash() throws { try check(.bash) }

    @Test("zsh proposes what can come next", .enabled(if: AskedShell.isInstalled(.zsh), "zsh is not installed"))
    func zsh() throws { try check(.zsh) }

    @Test("fish proposes what can come next", .enabled(if: AskedShell.isInstalled(.fish), "fish is not installed"))
    func fish() throws { try check(.fish) }

    /// Asks everything in one run, because a shell takes long to start.
    private func check(_ shell: Shell) throws {
        let expected = Self.lines.merging(Self.options) { one, _ in one }
        let answers = try AskedShell(shell: shell).answers(to: expected.keys.sorted())
        #expect(answers.noise == "")
        #expect(Set(answers.words.map(\.line)) == Set(expected.keys), "it was asked all")
        for (line, words) in answers.words {
            #expect(words == expected[line]?.split(separator: " ").map(String.init).sorted(), "\(shell): \(line)")
        }
    }

    /// After a command, the shell proposes exactly the options of its table; before the command, the global ones.
    private static var options: [String: String] {
        var lines = ["apus -": words(CommandTable.globals), "apus --rootless -": words(CommandTable.globals)]
        for verb in Verb.allCases {
            lines["apus \(verb.rawValue) -"] = words(CommandTable.options(of: verb))
            lines["apus --debug --root x \(verb.rawValue) --help -"] = words(CommandTable.options(of: verb))
        }
        return lines
    }

    private static func words(_ options: [Option]) -> String {
        options.filter { !$0.isHidden }.flatMap { option in
            ["--\(option.name.rawValue)"] + (option.letter.isEmpty ? [] : ["-\(option.letter)"])
        }.joined(separator: " ")
    }

    private static let commands = Verb.allCases.map(\.rawValue).joined(separator: " ")

    /// What each line proposes.
    private static let lines = [
        // commands and operands
        "apus ": commands, "apus pa": "pause", "apus help ": commands, "apus h ru": "run", "apus man exp": "explain",
        "apus completion ": "bash zsh fish", "apus create ": "", "apus kill first U": "USR1 USR2",
        "apus start ": "first second", "apus start sec": "second", "apus start first ": "",
        "apus -- start ": "first second", "apus start -- ": "first second", "apus start -- -": "",
        "apus -- start -": "--help -h",
        // values, after a space or an equals sign, with one dash or two, also of options that help does not show
        "apus list --format ": "table json", "apus list -f t": "table", "apus list --format=": "table json",
        "apus list --format=t": "table", "apus list -format=t": "table", "apus list --f t": "table",
        "apus --log-format j": "json", "apus --debug=": "true false", "apus --nonsense=": "",
        "apus --debug ps --format json ": "first second", "apus update --kernel-memory 5 ": "first second",
        "apus update --memory ": "", "apus update --memory=5 ": "first second",
        // files
        "apus create --bundle bun": "bundle", "apus create -b bun": "bundle", "apus create --bundle=bun": "bundle",
        "apus create --bundle fil": "", "apus update -r fil": "file.json", "apus update -r=fil": "file.json",
        // the containers of a root
        "apus --root /other start ": "other", "apus --root=/other start ": "other", "apus -root /other start ": "other",
        "apus --debug --root \"/other\" start ": "other", "apus --root /x --root=/other kill ": "other",
        "apus --root=/other exec --user 0:0 ": "other", "apus --log /other start ": "first second",
        // a flag takes a value only after an equals sign; --rootless takes the next word if it is one of its values
        "apus --debug=true start ": "first second", "apus --debug start ": "first second",
        "apus --rootless start ": "first second", "apus --rootless true start ": "first second",
        "apus --rootless=true start ": "first second", "apus --rootless ": "true false auto \(commands)",
        "apus --rootless tr": "true", "apus --rootless=": "true false auto", "apus spec --rootless ": "",
        // a colon in a word
        "apus exec --user ": "", "apus exec --user 0:": "", "apus exec --user 0:0 ": "first second",
        "apus exec --user 0:0 -": words(CommandTable.options(of: .exec)), "apus exec --env A=b:c sec": "second",
        // what follows the container is another program's
        "apus exec first ": "", "apus exec first -": "", "apus exec first sh -": "", "apus exec -u 0:0 first sh --": "",
        "apus ps first -": "", "apus start first -": "--help -h",
    ]

    @Test(
        "--rootless takes the words that the program takes",
        arguments: ["1", "t", "TRUE", "True", "0", "F", "false", "auto", "AUTO", "Auto", "", "yes", "tRUE", "start"])
    func booleans(word: String) throws {
        var reader = OptionReader()
        try reader.read(["--rootless", word, "list"], options: CommandTable.globals, stopsAtFirstOperand: true)
        let isTaken = try Regex(Completion.booleans).wholeMatch(in: word) != nil
        #expect(isTaken == (reader.operands == ["list"]))
    }

    @Test("an unknown shell is refused")
    func unknown() {
        let failure = #expect(throws: (any Error).self) { try CompletionCommand(shell: "tcsh").perform() }
        #expect("\(failure as Any)".contains("unknown shell"))
    }
}
