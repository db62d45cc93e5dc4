import Base
import Foundation
import Linux
@testable import OCI
import TestSupport
import Testing

@testable import Runtime

@Suite("Hooks", .timeLimit(.minutes(2)))
struct HookRunTests {
    func shell(_ script: String, env: [String]? = nil, timeout: Int? = nil) -> Hook {
        Hook(path: "/bin/sh", args: ["sh", "-c", script], env: env, timeout: timeout)
    }

    func run(_ hook: Hook, _ kind: HookKind = .createRuntime, environment: [String]? = nil) throws {
        try HookRun(kind: kind, index: 0, hook: hook)
            .perform(state: Array("{}".utf8), environment: environment, in: .none)
    }

    @Test("each kind has its word, its status, its side")
    func kinds() {
        #expect(
            HookKind.allCases.map(\.word) == [
                "prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop",
            ])
        #expect(
            HookKind.allCases.map(\.status.word) == [
                "creating", "creating", "creating", "created", "running", "stopped",
            ])
        #expect(HookKind.allCases.filter(\.failureIsWarning) == [.poststop])
        let hooks = Hooks(
            prestart: [Hook(path: "/0")], createRuntime: [Hook(path: "/1")], createContainer: [Hook(path: "/2")],
            startContainer: [Hook(path: "/3")], poststart: [Hook(path: "/4")], poststop: [Hook(path: "/5")])
        #expect(HookKind.allCases.map { $0.list(in: hooks)?.first?.path } == ["/0", "/1", "/2", "/3", "/4", "/5"])
    }

    @Test("a list keeps its order, and every hook its place")
    func list() throws {
        let hooks = Hooks(poststart: [Hook(path: "/a"), Hook(path: "/b", timeout: 3)])
        let runs = try HookRun.list(.poststart, in: hooks)
        #expect(runs.map(\.pointer) == ["/hooks/poststart/0", "/hooks/poststart/1"])
        #expect(runs.map(\.summary) == ["poststart hook #0: /a", "poststart hook #1: /b"])
        #expect(try HookRun.list(.prestart, in: hooks) == [])
        #expect(try HookRun.list(.prestart, in: nil) == [])
    }

    @Test(
        "hooks that are refused",
        arguments: [
            (Hook(path: "bin/x"), "path"), (Hook(path: ""), "path"), (Hook(path: "/x\0"), "path"),
            (Hook(path: "/x", timeout: 0), "timeout"), (Hook(path: "/x", timeout: -1), "timeout"),
            (Hook(path: "/x", args: ["x", "a\0"]), "args/1"), (Hook(path: "/x", env: ["A=\0"]), "env/0"),
        ])
    func refused(hook: Hook, place: String) {
        let failure = #expect(throws: Failure.self) {
            try HookRun.list(.poststop, in: Hooks(poststop: [Hook(path: "/good"), hook]))
        }
        #expect(failure?.pointer == "/hooks/poststop/1/\(place)")
    }

    @Test("the state is on standard input; args and path are as configured")
    func state() throws {
        try run(shell(#"read -r line; test "$line" = "{}""#))
        try run(shell(#"test "$0" = first"#).with(args: ["sh", "-c", #"test "$0" = first"#, "first"]))
        // Without args the program's name is its path.
        let failure = #expect(throws: Failure.self) { try run(Hook(path: "/bin/false", args: [])) }
        #expect(failure?.action == "error running createRuntime hook #0: exit status 1, stdout: , stderr: ")
    }

    @Test("a failure contains what the hook wrote")
    func failure() {
        let failure = #expect(throws: Failure.self) { try run(shell("echo said; echo shouted >&2; exit 7"), .prestart) }
        #expect(
            failure?.line
                == "error running prestart hook #0: exit status 7, stdout: said, stderr: shouted (config.json /hooks/prestart/0)"
        )
        let killed = #expect(throws: Failure.self) { try run(shell("kill -TERM $$")) }
        #expect(killed?.action.contains("ended by signal 15, ") == true)
        let missing = #expect(throws: Failure.self) { try run(Hook(path: "/no/such"), .poststart) }
        #expect(
            missing?.line
                == "error running poststart hook #0: fork/exec /no/such: no such file or directory (config.json /hooks/poststart/0)"
        )
    }

    @Test("a hook that exceeds its timeout is killed")
    func timeout() {
        let failure = #expect(throws: Failure.self) { try run(shell("echo slow; sleep 600", timeout: 1)) }
        #expect(
            failure?.action
                == "error running createRuntime hook #0: hook ran past specified timeout of 1.0s, stdout: slow, stderr: "
        )
    }

    @Test("the longest possible timeout means no timeout")
    func longTimeout() throws {
        try run(shell("true", timeout: .max))
    }

    @Test("env as configured; if absent, the caller's choice; otherwise the runtime's own")
    func environment() throws {
        try run(shell(#"test "$A$B" = 1"#, env: ["A=1"]), environment: ["B=2"])
        try run(shell(#"test "$B" = 2"#), environment: ["B=2"])
        try run(shell(#"test -z "$B""#, env: []), environment: ["B=2"])
        setenv("APUS_HOOK_TEST", "inherited", 1)
        try run(shell(#"test "$APUS_HOOK_TEST" = inherited"#))
    }

    @Test("the first failure ends the list, but not after the container's end")
    func lists() throws {
        let folder = try TemporaryFolder()
        let directory = try Linux.open(folder.path, [.path, .directory])
        let list = [shell("echo one >> log"), shell("exit 3"), shell("echo three >> log")]

        let before = try HookRun.list(.poststart, in: Hooks(poststart: list))
        let failure = #expect(throws: Failure.self) {
            _ = try HookRun.performAll(before, state: [], in: directory)
        }
        #expect(failure?.pointer == "/hooks/poststart/1")
        #expect(try folder.text("log") == "one\n")

        let after = try HookRun.list(.poststop, in: Hooks(poststop: list))
        let warnings = try HookRun.performAll(after, state: [], in: directory)
        #expect(warnings.map(\.pointer) == ["/hooks/poststop/1"])
        #expect(try folder.text("log") == "one\none\nthree\n")
    }
}

extension Hook {
    fileprivate func with(args: [String]) -> Hook { Hook(path: path, args: args, env: env, timeout: timeout) }
}
