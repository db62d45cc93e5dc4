import Glibc
import Testing

/// The exact errors that callers match on, and what the callers conclude from them (WhatCallersRun).
@Suite("Caller words", .inMachine, .unless("crun-words"))
struct CallerWordsTests {
    /// A container whose creation fails, and what callers conclude from it.
    struct Refusal: Sendable, CustomTestStringConvertible {
        /// With `<id>` for the container's id.
        var words: String
        /// The statuses that `docker run` and `podman run` end with.
        var docker: Int
        var podman: Int
        var code: String
        var edit: @Sendable (inout JSON) -> Void
        var prepare: @Sendable (Bundle) throws -> Void = { _ in }
        /// A line of differences.txt.
        var difference: String?

        var testDescription: String { words }
    }

    static let refusals: [Refusal] = [
        Refusal(
            words: #"exec: "frobnicate": executable file not found in $PATH"#, docker: 127, podman: 127,
            code: "program-not-found", edit: { $0.args = ["frobnicate"] }),
        Refusal(
            words: #"exec: "": executable file not found in $PATH"#, docker: 127, podman: 127,
            code: "program-not-found",
            edit: { $0.args = [""] }),
        Refusal(
            words: #"exec: "/nowhere": stat /nowhere: no such file or directory"#, docker: 127, podman: 127,
            code: "program-not-found", edit: { $0.args = ["/nowhere"] }),
        Refusal(
            words: #"exec: "/plain": permission denied"#, docker: 126, podman: 126, code: "program-not-executable",
            edit: { $0.args = ["/plain"] },
            prepare: { try Files.write($0.rootfs + "/plain", "text") }),
        Refusal(
            words: #"exec: "/tmp": is a directory"#, docker: 126, podman: 126, code: "program-not-executable",
            edit: { $0.args = ["/tmp"] }, difference: "program-directory"),
        Refusal(
            words: #"chdir to cwd ("/plain") set in config.json failed: not a directory"#, docker: 127, podman: 126,
            code: "system-call-failed", edit: { $0["process"]["cwd"] = "/plain" },
            prepare: { try Files.write($0.rootfs + "/plain", "text") }, difference: "cwd-file"),
        Refusal(
            words: "not a directory", docker: 127, podman: 126, code: "system-call-failed",
            edit: { $0.bind("/tmp", on: "/plain") }, prepare: { try Files.write($0.rootfs + "/plain", "text") }),
        Refusal(
            words: "Cwd must be an absolute path", docker: 128, podman: 126, code: "relative-path",
            edit: { $0["process"]["cwd"] = "tmp" }),
        Refusal(
            words: "args must not be empty", docker: 128, podman: 126, code: "empty-value", edit: { $0.args = [] }),
    ]

    @Test("a create that fails prints the words from which callers derive the right status", arguments: refusals)
    func refusal(each: Refusal) throws {
        if let difference = each.difference, Difference.applies(difference) { return }
        try Bundle.with {
            each.edit(&$0)
        } _: { bundle in
            try each.prepare(bundle)
            let outcome = try bundle.create()
            expectFailure(outcome, each.words)
            let message = LogLine.lastError(in: outcome.log) ?? ""
            #expect(CallerRules.moby(message) == each.docker, "\(message)")
            #expect(CallerRules.podman(LogLine.lastError(in: outcome.log) ?? "") == each.podman, "\(message)")
            #expect(
                CallerRules.dockerClient(message)
                    == (each.docker == 128 || each.podman == 126 && each.docker == 127 ? 125 : each.docker))
            guard RuntimeUnderTest.isOurs else { return }
            #expect(LogLine.whole(outcome.log)?.message == message, "Podman reads the whole file as one value")
            #expect(try JSON(outcome.log)["code"] == .string(each.code), "\(outcome.log)")
        }
    }

    /// One call in one state, and its error.
    struct Word: Sendable, CustomTestStringConvertible {
        var stage: LifecycleTests.Stage
        var call: [String]
        /// With `<id>` for the container's id.
        var words: String
        var code: String
        /// Whether containerd takes it as a success, or as a container that is gone.
        var isGone = false
        var difference: String?

        var testDescription: String { "\(call.joined(separator: " ")) when \(stage.rawValue)" }
    }

    static let words: [Word] = [
        Word(
            stage: .none, call: ["kill", "<id>", "9"], words: "container does not exist", code: "container-not-found",
            isGone: true),
        Word(
            stage: .none, call: ["delete", "<id>"], words: "container does not exist", code: "container-not-found",
            isGone: true),
        Word(stage: .none, call: ["state", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["start", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["pause", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["resume", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["update", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["ps", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(stage: .none, call: ["events", "<id>"], words: "container does not exist", code: "container-not-found"),
        Word(
            stage: .stopped, call: ["kill", "<id>", "9"], words: "container not running", code: "container-not-running",
            isGone: true),
        Word(stage: .stopped, call: ["pause", "<id>"], words: "container not running", code: "container-not-running"),
        Word(stage: .running, call: ["resume", "<id>"], words: "container not paused", code: "container-not-paused"),
        Word(
            stage: .stopped, call: ["start", "<id>"], words: "cannot start a container that has stopped",
            code: "container-not-running"),
        Word(
            stage: .running, call: ["start", "<id>"], words: "cannot start an already running container",
            code: "wrong-state"),
        Word(
            stage: .running, call: ["delete", "<id>"],
            words: "cannot delete container <id> that is not stopped: running",
            code: "container-not-stopped"),
        Word(
            stage: .running, call: ["create", "--bundle", "<bundle>", "<id>"],
            words: "container with given ID already exists", code: "container-exists"),
        Word(
            stage: .none, call: ["create", "--bundle", "/tmp", "<id>"],
            words: "JSON specification file config.json not found", code: "missing-file"),
        Word(
            stage: .none, call: ["create", "--bundle", "<bundle>", "a/b"], words: "invalid container ID format",
            code: "invalid-id"),
        Word(
            stage: .running, call: ["kill", "<id>", "FROB"], words: "unknown signal \"FROB\"", code: "usage"),
        Word(stage: .none, call: ["list", "--format", "xml"], words: "invalid format option", code: "usage"),
        Word(
            stage: .none, call: ["kill"], words: "\"kill\" requires a minimum of 1 argument(s)", code: "usage"),
    ]

    @Test("a command that fails prints the words, and callers understand them", arguments: words)
    func word(each: Word) throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            func filled(_ text: String) -> String {
                text == "<id>" ? bundle.id : text == "<bundle>" ? bundle.folder : text
            }
            try each.stage.reach(bundle)
            let outcome = try bundle.call(each.call.map(filled))
            expectFailure(outcome, each.words.split(separator: " ").map { filled(String($0)) }.joined(separator: " "))
            // These three callers read standard error, not the log.
            let said = outcome.diagnostics
            if each.call[0] == "kill", each.call.count > 2 {
                #expect(CallerRules.containerdKillIsLate(said) == each.isGone, "\(said)")
                #expect(CallerRules.crioKillIsLate(said) == (each.isGone && each.stage == .stopped), "\(said)")
            }
            if each.call[0] == "delete" { #expect(CallerRules.containerdDeleteIsDone(said) == each.isGone, "\(said)") }
            guard RuntimeUnderTest.isOurs else { return }
            #expect(try JSON(outcome.log)["code"] == .string(each.code), "\(outcome.log)")
            let hint = try JSON(outcome.log)["hint"].string
            #expect(hint == nil || LogLine.lastError(in: outcome.log)?.hasSuffix("; hint: \(hint ?? "")") == true)
        }
    }

    @Test("start of a container without process says the words")
    func noProcess() throws {
        guard RuntimeUnderTest.isOurs else { return }
        try Bundle.with({ $0["process"] = .null }) { bundle in
            expectSuccess(try bundle.create())
            expectFailure(try bundle.start(), "process property must not be empty")
        }
    }
}
