import Foundation
import TestSupport
import Testing

@testable import apus

@Suite("Manual pages")
struct ManualPageTests {
    private static let pages = [ManualPage.program] + Verb.allCases.map(ManualPage.command)

    @Test("each page has its sections, and no text that roff would take for a request", arguments: pages)
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
        let folder = try TemporaryFolder()
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

    private static let hasGroff = FileManager.default.isExecutableFile(atPath: "/usr/bin/groff")

    @Test("a backslash, a minus, and a dot at the start of a line stay what they are")
    func escapes() {
        #expect(ManualPage.roff("-a \\ b") == "\\-a \\e b")
        #expect(ManualPage.roff(".x") == "\\&.x")
        #expect(ManualPage.roff("'x") == "\\&'x")
    }
}
