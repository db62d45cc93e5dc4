import Foundation
import Testing

@testable import apus

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
