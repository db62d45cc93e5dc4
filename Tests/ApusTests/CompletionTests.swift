import Foundation
import Testing

@testable import apus

/// The completions, asked of the shells themselves, where they are installed.
@Suite("Completion")
struct CompletionTests {
    /// What a shell prints of a script.
    private func say(_ shell: String, _ script: String, in folder: Folder) throws -> String {
        try folder.write(script, to: "script")
        let process = Process(), output = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = shell == "zsh" ? [shell, "-f", "\(folder.path)/script"] : [shell, "\(folder.path)/script"]
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        process.environment = ["PATH": "\(folder.path):\(path)", "HOME": folder.path, "TERM": "dumb"]
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }

    private static func has(_ shell: String) -> Bool {
        ["/usr/bin", "/bin", "/usr/local/bin"].contains {
            FileManager.default.isExecutableFile(atPath: "\($0)/\(shell)")
        }
    }

    /// A folder with an `apus` that knows two containers, and one more below `--root /other`.
    private func with(_ body: (Folder) throws -> Void) throws {
        try Folder.with { folder in
            try folder.write(
                "#!/bin/sh\ncase \"$*\" in *'--root /other'*) echo other ;; *) echo first; echo second ;; esac\n",
                to: "apus")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: "\(folder.path)/apus")
            try body(folder)
        }
    }

    @Test(
        "bash proposes what can come next",
        .enabled(if: has("bash"), "bash is not installed"),
        arguments: [
            ("apus pa", "pause"), ("apus --ro", "--root --rootless"), ("apus --log-format ", "text json"),
            ("apus --log-format j", "json"), ("apus start ", "first second"), ("apus --root /other start ", "other"),
            ("apus start s", "second"), ("apus start first ", ""), ("apus kill first U", "USR1 USR2"),
            ("apus list --format ", "table json"), ("apus list -f t", "table"), ("apus list --q", "--quiet"),
            ("apus --debug ps --format json ", "first second"), ("apus create --bundle bun", "bundle"),
            ("apus create -b bun", "bundle"), ("apus completion ", "bash zsh fish"), ("apus man exp", "explain"),
            ("apus --rootless ", "true false auto"), ("apus update --memory ", ""), ("apus create ", ""),
            ("apus update -r file", "file.json"),
        ])
    func bash(line: String, expected: String) throws {
        try with { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/bundle", withIntermediateDirectories: false)
            try folder.write("{}", to: "file.json")
            let said = try say(
                "bash",
                Completion.script(for: .bash) + """

                    compopt() { :; }
                    line=\(Completion.quoted(line))
                    read -ra COMP_WORDS <<< "$line"
                    [[ $line != *' ' ]] || COMP_WORDS+=('')
                    COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                    _apus
                    echo "${COMPREPLY[*]}"

                    """, in: folder)
            #expect(said == expected + "\n")
        }
    }

    @Test(
        "fish proposes what can come next", .enabled(if: has("fish"), "fish is not installed"),
        arguments: [
            ("apus pa", "pause"), ("apus list --format ", "json table"), ("apus completion ", "bash fish zsh"),
            ("apus start s", "second"), ("apus create --bundle bun", "bundle/"),
        ])
    func fish(line: String, expected: String) throws {
        try with { folder in
            try FileManager.default.createDirectory(
                atPath: "\(folder.path)/bundle", withIntermediateDirectories: false)
            let said = try say(
                "fish", Completion.script(for: .fish) + "\ncomplete -C \(Completion.quoted(line))\n", in: folder)
            let words = said.split(separator: "\n").map { $0.prefix { $0 != "\t" } }
            #expect(words.sorted().joined(separator: " ") == expected)
        }
    }

    @Test("bash, zsh and fish take their scripts", arguments: Shell.allCases)
    func syntax(shell: Shell) throws {
        guard Self.has(shell.rawValue) else { return }
        try Folder.with { folder in
            try folder.write(Completion.script(for: shell), to: "completion")
            #expect(try say(shell.rawValue, "\(shell.rawValue) -n '\(folder.path)/completion'\n", in: folder) == "")
        }
    }

    @Test("every command and every option that is shown is in every script", arguments: Shell.allCases)
    func complete(shell: Shell) {
        let script = Completion.script(for: shell)
        for (verb, options) in Completion.places {
            if let verb { #expect(script.contains(verb.rawValue)) }
            for option in options {
                #expect(script.contains(shell == .fish ? "-l \(option.name.rawValue) " : "--\(option.name.rawValue)"))
            }
        }
        #expect(!script.contains("kernel-memory"), "a hidden option")
    }

    @Test("an unknown shell is refused")
    func unknown() {
        let failure = #expect(throws: (any Error).self) { try CompletionCommand(shell: "tcsh").perform() }
        #expect("\(failure as Any)".contains("unknown shell"))
    }
}

@Suite("Manual pages")
struct ManualPageTests {
    private static let pages = [ManualPage.program] + Verb.allCases.map(ManualPage.command)

    @Test("each has its sections, and nothing that roff would take for its own", arguments: pages)
    func page(text: String) {
        let lines = text.split(separator: "\n")
        #expect(lines.first?.hasPrefix(".TH APUS") == true)
        for section in ["NAME", "SYNOPSIS", "DESCRIPTION", "EXIT STATUS", "SEE ALSO"] {
            #expect(lines.contains(".SH \(section)"))
        }
        for line in lines where line.hasPrefix(".") || line.hasPrefix("'") {
            let macro = line.dropFirst().prefix { $0 != " " }
            #expect(["TH", "SH", "TP", "B", "BR", "I"].contains(macro), "\(line)")
        }
        #expect(!text.contains(#/[^\\]-[a-z]/#), "a hyphen where a minus is meant")
    }

    @Test("groff formats them without a warning", .enabled(if: hasGroff, "groff is not installed"), arguments: pages)
    func groff(text: String) throws {
        try Folder.with { folder in
            try folder.write(text, to: "page")
            let process = Process(), output = Pipe(), errors = Pipe()
            process.executableURL = URL(fileURLWithPath: "/usr/bin/groff")
            process.arguments = ["-man", "-Tascii", "-ww", "-P-cbu", "\(folder.path)/page"]
            (process.standardOutput, process.standardError) = (output, errors)
            try process.run()
            let said = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            #expect(String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self) == "")
            process.waitUntilExit()
            #expect(said.contains("apus") && said.contains("--help"))
        }
    }

    private static let hasGroff = FileManager.default.isExecutableFile(atPath: "/usr/bin/groff")

    @Test("a backslash, a minus, and a dot at the beginning stay what they are")
    func escapes() {
        #expect(ManualPage.roff("-a \\ b") == "\\-a \\e b")
        #expect(ManualPage.roff(".x") == "\\&.x")
        #expect(ManualPage.roff("'x") == "\\&'x")
    }
}
