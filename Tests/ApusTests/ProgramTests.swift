import Foundation
import TestSupport
import Testing

/// The built program as its callers start it.
@Suite("The program")
struct ProgramTests {
    /// The result of one run of the program.
    struct Result {
        var status: Int32
        var output: String
        var diagnostics: String
    }

    /// The program that the package builds beside its tests.
    static let program: URL = {
        // The first word is the test runner: PRODUCTS/apusPackageTests.xctest
        URL(fileURLWithPath: ProcessInfo.processInfo.arguments[0]).deletingLastPathComponent()
            .appendingPathComponent("apus")
    }()

    /// Starts the program with almost no environment, as cri-o does.
    func apus(_ words: String...) throws -> Result { try apus(words) }

    /// The same, with the words in an array.
    func apus(_ words: [String]) throws -> Result {
        let process = Process(), output = Pipe(), diagnostics = Pipe()
        process.executableURL = Self.program
        process.arguments = words
        process.environment = [:]
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
        let folder = try TemporaryFolder()
        try folder.write("{}\n", to: "log")
        let result = try apus("--log", "\(folder.path)/log", "--log-format", "json", "kill", "c1", "NONSENSE")
        #expect(result.status == 1)
        #expect(result.diagnostics == "unknown signal \"NONSENSE\"\n")
        let text = try folder.text("log")
        #expect(
            text.wholeMatch(
                of:
                    /\{\}\n\{"level":"error","msg":"unknown signal \\"NONSENSE\\"","time":"[-0-9:T]+Z","code":"usage"\}\n/
            ) != nil)
    }

    @Test("a misuse shows the help, and is logged like any failure")
    func misuse() throws {
        let folder = try TemporaryFolder()
        let result = try apus("--log", "\(folder.path)/log", "kill")
        #expect(result.status == 1)
        #expect(result.output.hasPrefix("Incorrect Usage.\n\nNAME:\n   apus kill - "))
        #expect(result.diagnostics == "apus: \"kill\" requires a minimum of 1 argument(s)\n")
        let text = try folder.text("log")
        #expect(text.hasSuffix(#" level=error msg="apus: \"kill\" requires a minimum of 1 argument(s)""# + "\n"))
        #expect(text.split(separator: "\n").count == 1)
        #expect(try folder.mode("log") | 0o044 == 0o644)
    }

    @Test("a success writes nothing to the log")
    func silence() throws {
        let folder = try TemporaryFolder()
        let result = try apus("--log", "\(folder.path)/log", "features")
        #expect(result.status == 0)
        let text = try folder.text("log")
        #expect(text == "")
    }

    @Test("--debug adds lines to the log alone, and an error stays the last")
    func debug() throws {
        let folder = try TemporaryFolder()
        let words = ["--debug", "--log", "\(folder.path)/log", "--log-format", "json", "--root", folder.path]
        let failure = try apus(words + ["state", "c1"])
        #expect(failure.diagnostics == "container does not exist\n")
        let levels = try folder.text("log").split(separator: "\n").map { line in
            let value = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String]
            return try #require(value?["level"])
        }
        #expect(levels.count > 1)
        #expect(levels.last == "error")
        #expect(levels.dropLast().allSatisfy { $0 == "debug" })
        let success = try apus(words + ["list"])
        #expect(success.status == 0)
        #expect(success.diagnostics == "")
    }

    @Test("a log that cannot be opened is a failure")
    func noLog() throws {
        let format = try apus("--log-format", "xml", "features")
        #expect(format.status == 1)
        #expect(format.diagnostics.contains(#"msg="invalid log-format: xml""#))
        let path = try apus("--log", "/nonexistent/log", "features")
        #expect(path.status == 1)
        #expect(path.diagnostics.contains(#"msg="open /nonexistent/log: no such file or directory""#))
    }

    @Test("a call without a command prints the help")
    func nothing() throws {
        let result = try apus()
        #expect(result.status == 0)
        #expect(result.output.hasPrefix("NAME:\n   apus - "))
        #expect(result.diagnostics == "")
    }

    @Test(
        "missing things are named in the words that callers match on",
        arguments: [
            (["state", "c1"], "container does not exist"),
            (["start", "c1"], "container does not exist"),
            (["kill", "c1"], "container does not exist"),
            (["delete", "c1"], "container does not exist"),
            (["state", ""], "container id cannot be empty"),
            (["state", ".."], "invalid container ID format"),
            (["delete", "--force", "a/b"], "invalid container ID format"),
            (["kill", "c1", "SIGNONE"], "unknown signal \"SIGNONE\""),
            (["list", "--format", "yaml"], "invalid format option"),
            (["create", "--bundle", "/nonexistent", "c1"], "apus create failed: "),
            (
                ["create", "--bundle", "/dev", "c1"],
                "apus create failed: JSON specification file config.json not found"
            ),
            (["run", "--bundle", "/dev", "c1"], "apus run failed: JSON specification file config.json not found"),
            (["explain", "--host", "moon"], "invalid host \"moon\""),
            (["validate", "--host", "moon"], "invalid host \"moon\""),
            (["validate", "--bundle", "/dev"], "JSON specification file config.json not found"),
            (["explain", "--bundle", "/dev"], "JSON specification file config.json not found"),
        ])
    func absent(words: [String], message: String) throws {
        let folder = try TemporaryFolder()
        let result = try apus(["--root", folder.path, "--log", "\(folder.path)/.log", "--log-format=json"] + words)
        #expect(result.status == 1)
        #expect(result.output == "")
        #expect(result.diagnostics.hasPrefix(message), "\(result.diagnostics)")
        // Podman reads the whole file as one JSON value.
        let line = try JSONSerialization.jsonObject(with: Data(try folder.text(".log").utf8)) as? [String: String]
        #expect(line?["level"] == "error")
        #expect(line.map { ($0["msg"] ?? "") + "\n" } == result.diagnostics)
    }

    @Test("delete --force of a container that does not exist succeeds")
    func deleteForce() throws {
        let folder = try TemporaryFolder()
        let result = try apus("--root", folder.path, "delete", "--force", "c1")
        #expect(result.status == 0)
        #expect(result.output + result.diagnostics == "")
    }

    @Test("an empty root lists nothing; a missing one is an error if it was named")
    func lists() throws {
        let folder = try TemporaryFolder()
        let table = try apus("--root", folder.path, "list")
        #expect(table.output == "ID          PID         STATUS      BUNDLE      CREATED     OWNER\n")
        let json = try apus("--root", folder.path, "list", "--format=json")
        #expect(json.output == "[]\n")
        let named = try apus("--root", "\(folder.path)/none", "list")
        #expect(named.status == 1)
        #expect(named.diagnostics.contains("msg=\"open \(folder.path)/none: no such file or directory\""))
    }

    @Test("the root / is refused, whichever option or variable names it")
    func slash() throws {
        for root in ["/", "//", "/tmp/.."] {
            let result = try apus("--root", root, "list")
            #expect(result.status == 1)
            #expect(result.diagnostics.contains("msg=\"Option --root argument should not be set to /\""))
        }
    }
}
