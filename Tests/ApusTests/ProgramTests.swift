import Foundation
import Testing

/// The built program as its callers start it.
@Suite("The program")
struct ProgramTests {
    /// What a run of the program left.
    struct Result {
        var status: Int32
        var output: String
        var diagnostics: String
    }

    /// The program that the package builds beside its tests.
    static let program: URL = {
        // The test runner is the first word: PRODUCTS/apusPackageTests.xctest
        URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("apus")
    }()

    /// Starts the program with almost no environment, as cri-o does.
    func apus(_ words: String..., environment: [String: String] = [:]) throws -> Result {
        let process = Process(), output = Pipe(), diagnostics = Pipe()
        process.executableURL = Self.program
        process.arguments = words
        process.environment = environment
        process.standardOutput = output
        process.standardError = diagnostics
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        let remarks = diagnostics.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Result(
            status: process.terminationStatus, output: String(decoding: text, as: UTF8.self),
            diagnostics: String(decoding: remarks, as: UTF8.self))
    }

    @Test("--version has the lines that Docker, containerd and nerdctl look for", arguments: ["--version", "-v"])
    func version(word: String) throws {
        let result = try apus(word)
        #expect(result.status == 0)
        #expect(result.diagnostics == "")
        let lines = result.output.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.first?.split(separator: " ").count == 3)
        #expect(lines.first?.hasPrefix("apus version ") == true)
        #expect(lines.contains("spec: 1.3.0"))
        #expect(result.output.contains(/\nswift: \d+\.\d+/))
        #expect(result.output.contains(/\nlibseccomp: \d+\.\d+\.\d+\n$/))
    }

    @Test("a failure without --log is one text line on the standard error")
    func plain() throws {
        let result = try apus("--rootless", "kill", "c1", "NONSENSE")
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(
            result.diagnostics.wholeMatch(
                of: /time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ" level=error msg="unknown signal \\"NONSENSE\\""\n/) != nil)
    }

    @Test("a failure with --log is one line there, after what was there, and the bare text on the standard error")
    func logged() throws {
        try Folder.with { folder in
            try folder.write("{}\n", to: "log")
            let result = try apus("--log", "\(folder.path)/log", "--log-format", "json", "kill", "c1", "NONSENSE")
            #expect(result.status == 1)
            #expect(result.diagnostics == "unknown signal \"NONSENSE\"\n")
            let text = try folder.text("log")
            #expect(
                text.wholeMatch(
                    of: /\{\}\n\{"level":"error","msg":"unknown signal \\"NONSENSE\\"","time":"[-0-9:T]+Z"\}\n/) != nil)
        }
    }

    @Test("a misuse shows the help, and is logged like any failure")
    func misuse() throws {
        try Folder.with { folder in
            let result = try apus("--log", "\(folder.path)/log", "kill")
            #expect(result.status == 1)
            #expect(result.output.hasPrefix("Incorrect Usage.\n\nNAME:\n   apus kill - "))
            #expect(result.diagnostics == "apus: \"kill\" requires a minimum of 1 argument(s)\n")
            let text = try folder.text("log")
            #expect(text.hasSuffix(#" level=error msg="apus: \"kill\" requires a minimum of 1 argument(s)""# + "\n"))
            #expect(text.split(separator: "\n").count == 1)
            #expect(try folder.mode("log") | 0o044 == 0o644)
        }
    }

    @Test("a success writes nothing to the log")
    func silence() throws {
        try Folder.with { folder in
            let result = try apus("--log", "\(folder.path)/log", "features")
            #expect(result.status == 0)
            let text = try folder.text("log")
            #expect(text == "")
        }
    }

    @Test("a log that cannot be had is a failure")
    func noLog() throws {
        let format = try apus("--log-format", "xml", "features")
        #expect(format.status == 1)
        #expect(format.diagnostics.contains(#"msg="invalid log-format: xml""#))
        let path = try apus("--log", "/nonexistent/log", "features")
        #expect(path.status == 1)
        #expect(path.diagnostics.contains(#"msg="open /nonexistent/log: no such file or directory""#))
    }

    @Test("no command is a call for help")
    func nothing() throws {
        let result = try apus()
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("NAME:\n   apus - "))
        #expect(result.diagnostics == "")
    }
}
