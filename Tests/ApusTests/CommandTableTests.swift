import Foundation
import Testing

@testable import apus

@Suite("Options")
struct FlagTests {
    @Test("each option of the command table has a line in spec-fixtures/flags.txt, and each line an option")
    func lines() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(
            contentsOf: package.appendingPathComponent("spec-fixtures/flags.txt"), encoding: .utf8)
        let lines = text.split(separator: "\n").filter { !$0.hasPrefix("#") }
        let flags = lines.map { String($0.prefix { $0 != "|" }).trimmingCharacters(in: .whitespaces) }
        var expected = CommandTable.globals.map { "apus --\($0.name.rawValue)" }
        for verb in Verb.allCases {
            // --help is the same for all.
            expected += CommandTable.entry(verb).options.map { "\(verb.rawValue) --\($0.name.rawValue)" }
        }
        #expect(Set(expected).subtracting(flags) == [], "without a line")
        #expect(Set(flags).subtracting(expected) == [], "without an option")
        #expect(Set(flags).count == flags.count, "twice")
    }
}

@Suite("README")
struct ReadmeTests {
    @Test("its table of commands is the command table")
    func commands() throws {
        let package = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: package.appendingPathComponent("README.md"), encoding: .utf8)
        var table = "| command | what it does |\n|---|---|\n"
        for verb in Verb.allCases {
            let entry = CommandTable.entry(verb)
            let operands = entry.operands.isEmpty ? "" : " \(entry.operands)"
            table += "| `apus \(verb.rawValue)\(operands)` | \(entry.summary) |\n"
        }
        #expect(text.contains(table + "\n"), "it should hold:\n\(table)")
    }
}
