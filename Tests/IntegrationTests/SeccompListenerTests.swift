import Glibc
import Testing

/// `listenerPath`, `listenerMetadata` and `SCMP_ACT_NOTIFY` (WhatConfigMeans, "Seccomp agent"; config-linux.md, "The
/// Container Process State").
@Suite("Seccomp listener", .inMachine)
struct SeccompListenerTests {
    /// A profile that lets the agent at `path` decide on the calls `names`.
    static func profile(_ names: [String], agent path: String) -> JSON {
        var profile = SeccompTests.profile(["names": .words(names), "action": "SCMP_ACT_NOTIFY"])
        profile["listenerPath"] = .string(path)
        profile["listenerMetadata"] = "some \"metadata\""
        return profile
    }

    static let folders = ["mkdir", "mkdirat"]

    /// A bundle with an agent at `agent` in its folder, which decides on the calls `names`.
    private func withAgent(
        _ names: [String] = folders, at name: String = "agent", _ edit: (inout JSON) -> Void = { _ in },
        _ body: (Bundle, borrowing SeccompAgent) throws -> Void
    ) throws {
        try Bundle.with {
            $0.shell("mkdir /tmp/x; echo $?; ls -d /tmp/x")
            $0["annotations"] = ["org.example.key": "value"]
        } _: { bundle in
            let path = "\(bundle.folder)/\(name)"
            try bundle.edit {
                $0["linux"]["seccomp"] = Self.profile(names, agent: path)
                edit(&$0)
            }
            try body(bundle, try SeccompAgent(at: path))
        }
    }

    @Test(
        "the agent gets the listener and the container's state, and decides",
        arguments: [(true, 0), (false, 0), (false, 1000), (true, 1000)])
    func decides(isLocked: Bool, uid: Int) throws {
        try withAgent {
            $0["process"]["noNewPrivileges"] = .bool(isLocked)
            $0["process"]["user"]["uid"] = .int(uid)
        } _: { bundle, agent in
            let program = try bundle.begin("run", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            let handover = try agent.accept()
            let state = handover.state
            #expect(handover.count == (1, 0))
            #expect(handover.isClosed != Difference.applies("seccomp-agent-connection"))
            #expect(state["fds"].strings == ["seccompFd"])
            let isOfVersion1 = state["ociVersion"].string?.hasPrefix("1.") ?? false
            #expect(isOfVersion1 != Difference.applies("seccomp-agent-version"))
            #expect(state["metadata"].string == "some \"metadata\"")
            #expect(state["state"]["id"].string == bundle.id)
            #expect(state["state"]["status"].string == "creating")
            #expect(state["state"]["bundle"].string == bundle.folder)
            #expect(state["state"]["annotations"]["org.example.key"].string == "value")
            #expect(state["state"]["pid"].int == state["pid"].int)
            let calls = try handover.listener.serve { _ in .errno(ENFILE) }
            let outcome = program.outcome()
            #expect(calls.count == 1)
            #expect(state["pid"].int == Files.value(bundle.pidFile).flatMap { Int($0) })
            #expect(outcome.diagnostics.contains("Too many open files in system"), "\(outcome.said)")
            #expect(outcome.output == "1\n", "\(outcome.said)")
        }
    }

    @Test("in a user namespace of the container's own, too")
    func mapped() throws {
        try withAgent {
            $0.mapUsers()
        } _: { bundle, agent in
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            let calls = try agent.accept().listener.serve { _ in .errno(ENFILE) }
            let outcome = program.outcome()
            #expect(calls.count == 1 && outcome.output == "1\n", "\(outcome.said)")
        }
    }

    @Test("if the agent lets a call continue, the kernel performs it")
    func goesOn() throws {
        try withAgent { bundle, agent in
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            let calls = try agent.accept().listener.serve { _ in .goOn }
            let outcome = program.outcome()
            #expect(calls.count == 1 && outcome.output == "0\n/tmp/x\n", "\(outcome.said)")
        }
    }

    @Test("create hands the listener over; until start, and after, init has none", arguments: [true, false])
    func created(isLocked: Bool) throws {
        if isLocked, Difference.applies("seccomp-agent-at-start") { return }
        try withAgent {
            $0["process"]["noNewPrivileges"] = .bool(isLocked)
            $0.shell("ls -l /proc/self/fd; mkdir /tmp/x; echo made $? > /result; exec sleep 1000")
        } _: { bundle, agent in
            let program = try bundle.begin("create", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id)
            let handover = try agent.accept()
            #expect(program.outcome().exit == 0)
            #expect(bundle.status == "created")
            let links = Files.names("/proc/\(bundle.pid)/fd").compactMap { Files.link("/proc/\(bundle.pid)/fd/\($0)") }
            if RuntimeUnderTest.isOurs {
                #expect(!links.contains { $0.contains("seccomp") }, "\(links)")
                #expect(Processes.status(bundle.pid, "Seccomp") == "2")
            }
            // start waits until the program runs; no call of the test stops it
            let start = try bundle.begin("start", bundle.id)
            #expect(start.outcome().exit == 0)
            let kill = try bundle.begin("kill", bundle.id, "KILL")
            _ = try handover.listener.serve { _ in .errno(EACCES) }
            #expect(kill.outcome().exit == 0)
        }
    }

    @Test("each call of init may wait for the agent", .oursOnly, arguments: [true, false])
    func everyCall(isLocked: Bool) throws {
        let names = [
            "sendmsg", "recvmsg", "write", "read", "close", "close_range", "execve", "openat", "mmap", "setgroups",
            "capset",
            "prctl", "futex", "poll", "faccessat2", "fchdir", "chdir", "getcwd", "brk", "munmap", "statx", "exit_group",
        ]
        try withAgent(names) {
            $0["process"]["noNewPrivileges"] = .bool(isLocked)
        } _: { bundle, agent in
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            let calls = try agent.accept().listener.serve { _ in .goOn }
            let outcome = program.outcome()
            #expect(calls.count > 20 && outcome.output == "0\n/tmp/x\n", "\(outcome.said)")
        }
    }

    @Test("after an agent goes away, its calls fail as if the kernel did not have them")
    func goneAgent() throws {
        try withAgent { bundle, agent in
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            _ = try agent.accept()
            let outcome = program.outcome()
            #expect(outcome.diagnostics.contains("Function not implemented"), "\(outcome.said)")
        }
    }

    @Test("an agent that does not exist, or does not listen, is an error before anything is made")
    func absent() throws {
        try Bundle.with { bundle in
            let nothing = bundle.folder + "/nothing"
            func refused(_ words: String, line: SourceLocation = #_sourceLocation) throws {
                try bundle.expectRefusal(words, at: "/linux/seccomp/listenerPath", sourceLocation: line) {
                    $0["linux"]["seccomp"] = Self.profile(Self.folders, agent: nothing)
                }
            }
            try refused("no such file or directory")
            try Files.write(nothing, "")
            try refused("connection refused")
            unlink(nothing)
            do { _ = try SeccompAgent(at: nothing) }
            try refused("connection refused")
        }
    }

    @Test("an agent that accepts no connection is an error after some seconds, not an endless wait", .oursOnly)
    func busy() throws {
        try Bundle.with { bundle in
            let path = bundle.folder + "/agent"
            let agent = try SeccompAgent(at: path, backlog: 0)
            let connections = (0..<3).map { _ in ListeningSocket.connect(to: path) }
            defer { for connection in connections { close(connection) } }
            try bundle.expectRefusal("resource temporarily unavailable", at: "/linux/seccomp/listenerPath") {
                $0["linux"]["seccomp"] = Self.profile(Self.folders, agent: path)
            }
            _ = consume agent
        }
    }

    @Test("an agent that closes the connection at once is an error, and nothing is left", .oursOnly)
    func refusing() throws {
        try Bundle.with { bundle in
            let path = bundle.folder + "/agent"
            let agent = try SeccompAgent(at: path)
            try bundle.edit {
                $0["linux"]["seccomp"] = Self.profile(Self.folders, agent: path)
                $0["hooks"]["createRuntime"] = [["path": "/bin/sleep", "args": ["sleep", "1"]]]
            }
            let program = try bundle.begin("create", "--bundle", bundle.folder, bundle.id)
            try agent.refuse()
            let outcome = program.outcome()
            #expect(outcome.exit == 1 && outcome.diagnostics.contains("broken pipe"), "\(outcome.said)")
            bundle.expectNothingLeft()
        }
    }

    @Test("the socket's path may be longer than an address", .unless("seccomp-agent-long-path"))
    func longPath() throws {
        try withAgent(at: String(repeating: "a", count: 80)) { bundle, agent in
            #expect(bundle.folder.utf8.count + 81 > 107)
            let program = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            let calls = try agent.accept().listener.serve { _ in .goOn }
            let outcome = program.outcome()
            #expect(calls.count == 1 && outcome.exit == 0, "\(outcome.said)")
        }
    }

    @Test("without SCMP_ACT_NOTIFY the path is ignored; with it, a path is required")
    func path() throws {
        try Bundle.with { bundle in
            try bundle.edit {
                $0["linux"]["seccomp"] = SeccompTests.profile([
                    "names": .words(Self.folders), "action": "SCMP_ACT_ERRNO",
                ])
                $0["linux"]["seccomp"]["listenerPath"] = "/nowhere/agent"
            }
            let outcome = try bundle.run()
            #expect((outcome.exit == 0) != Difference.applies("seccomp-agent-idle"), "\(outcome.said)")
            try bundle.expectRefusal(at: "/linux/seccomp/syscalls/0/action", unless: "seccomp-unchecked") {
                $0["linux"]["seccomp"] = SeccompTests.profile([
                    "names": .words(Self.folders), "action": "SCMP_ACT_NOTIFY",
                ])
            }
            try bundle.expectRefusal(at: "/linux/seccomp/listenerMetadata", unless: "seccomp-unchecked") {
                $0["linux"]["seccomp"] = SeccompTests.profile([
                    "names": .words(Self.folders), "action": "SCMP_ACT_ERRNO",
                ])
                $0["linux"]["seccomp"]["listenerMetadata"] = "x"
            }
        }
    }

    @Test("the flag WAIT_KILLABLE_RECV reaches the kernel with a listener, and has no effect without one", .oursOnly)
    func waitKillable() throws {
        try withAgent {
            $0["linux"]["seccomp"]["flags"] = ["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"]
        } _: { bundle, agent in
            let trace = bundle.folder + "/log/strace"
            let program = try Program.start(
                ["strace", "-f", "-qq", "-X", "raw", "-o", trace, "-e", "trace=seccomp"]
                    + bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null"))
            _ = try agent.accept().listener.serve { _ in .goOn }
            #expect(program.outcome().exit == 0)
            let line = try #require(try Files.text(trace).lines.first)
            #expect(line.contains("seccomp(0x1, 0x28,"), "\(line)")
        }
    }
}
