import Glibc
import Testing

/// The log file, which is an interface: containerd and podman read it, each in its own way (WhatCallersExpect, "Log").
@Suite("Log", .inMachine)
struct LogTests {
    /// Calls the runtime with `--log FILE` and other options, in a bundle that fails.
    private func fail(_ bundle: Bundle, _ options: [String]) throws -> Outcome {
        let words = [RuntimeUnderTest.path, "--root", bundle.state] + options + ["start", bundle.id]
        return try Program.run(words)
    }

    @Test("JSON: one line that containerd and podman both read, and the bare text on standard error")
    func json() throws {
        try Bundle.with { bundle in
            let log = bundle.folder + "/log.json"
            let outcome = try fail(bundle, ["--log", log, "--log-format", "json"])
            let text = try Files.text(log)
            #expect(text.hasSuffix("}\n"))
            let line = try #require(LogLine.whole(text))
            #expect(line.level == "error")
            #expect(line.hasGoodTime)
            #expect(LogLine.lastError(in: text) == line.message)
            #expect(line.message == "container does not exist" || RuntimeUnderTest.kind == .crun)
            #expect(outcome.diagnostics == line.message + "\n")
        }
    }

    @Test("text: time, level and a quoted msg on one line", .unless("log-text"))
    func text() throws {
        try Bundle.with { bundle in
            let log = bundle.folder + "/log.text"
            let outcome = try fail(bundle, ["--log", log, "--log-format=text"])
            let pattern =
                /time="\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(Z|[+-]\d\d:\d\d)" level=error msg="container does not exist"\n/
            let text = try Files.text(log)
            #expect(text.wholeMatch(of: pattern) != nil, "\(text)")
            #expect(outcome.diagnostics == "container does not exist\n")
        }
    }

    @Test("without --log the line goes to standard error, in the wanted format", .unless("log-text"))
    func standardError() throws {
        try Bundle.with { bundle in
            let text = try fail(bundle, []).diagnostics
            #expect(
                text.hasPrefix("time=\"") && text.contains("level=error msg=\"container does not exist\""), "\(text)")
            #expect(LogLine.whole(try fail(bundle, ["--log-format", "json"]).diagnostics)?.level == "error")
        }
    }

    @Test("a log is appended to, never truncated")
    func appends() throws {
        try Bundle.with { bundle in
            let log = bundle.folder + "/log.json"
            try Files.write(log, "{\"level\":\"info\",\"msg\":\"before\",\"time\":\"2026-01-01T00:00:00Z\"}\n")
            for _ in 0..<2 { _ = try fail(bundle, ["--log", log, "--log-format", "json"]) }
            let lines = try Files.text(log).lines
            #expect(lines.count == 3)
            #expect(LogLine(lines[0])?.message == "before")
        }
    }

    @Test("a success logs nothing, and makes the file, which only its owner may write")
    func quiet() throws {
        try Bundle.with { bundle in
            let log = bundle.folder + "/log.json"
            let words = ["--log", log, "--log-format", "json", "--root", bundle.state]
            let outcome = try Program.run(
                [RuntimeUnderTest.path] + words + ["run", "--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit == 0)
            #expect(try Files.text(log) == "")
            #expect((Files.status(log)?.st_mode ?? 0) & 0o133 == 0)
        }
    }

    @Test("--debug adds lines, all of them good JSON, and the error is still the last")
    func debug() throws {
        try Bundle.with({ $0.args = ["/nowhere"] }) { bundle in
            let log = bundle.folder + "/log.json"
            let outcome = try Program.run(
                [
                    RuntimeUnderTest.path, "--debug", "--log", log, "--log-format", "json", "--root", bundle.state,
                    "create",
                ]
                    + ["--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit != 0)
            let lines = try Files.text(log).lines
            #expect(lines.count > 1 || RuntimeUnderTest.kind == .crun)
            for line in lines { #expect(LogLine(line)?.hasGoodTime == true, "\(line)") }
            #expect(LogLine.lastError(in: try Files.text(log))?.contains("o such file or directory") == true)
        }
    }

    @Test("quotes, backslashes, newlines and bytes that are not UTF-8 are escaped; the log stays one line")
    func escapes() throws {
        let name = "/no\"where\\ \n\u{1}\u{7f}\u{2028}end"
        try Bundle.with({ $0.args = [name] }) { bundle in
            let log = bundle.folder + "/log.json"
            let outcome = try Program.run(
                [RuntimeUnderTest.path, "--log", log, "--log-format", "json", "--root", bundle.state, "create"]
                    + ["--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit != 0)
            let text = try Files.text(log)
            #expect(LogLine.whole(text) != nil, "\(text)")
            #expect(text.lines.count == 1)
        }
    }

    @Test("a log that cannot be opened is a failure before anything is made", .unless("unwritable-files"))
    func unwritable() throws {
        try Bundle.with { bundle in
            let words = [RuntimeUnderTest.path, "--log", "/nowhere/log", "--root", bundle.state, "create"]
            let outcome = try Program.run(words + ["--bundle", bundle.folder, bundle.id])
            #expect(outcome.exit != 0)
            #expect(!outcome.diagnostics.isEmpty)
            bundle.expectNothingLeft()
        }
    }
}
