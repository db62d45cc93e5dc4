import Glibc
import TestSupport
import Testing

/// The first process of a created container, while it waits for `start`.
@Suite("A waiting init", .inMachine)
struct WaitingInitTests {
    private static let secret = "what-the-caller-said"

    /// A created container whose caller had a secret in its arguments and environment.
    private func created(
        _ edit: (inout JSON) throws -> Void = { _ in }, _ body: (Bundle) throws -> Void
    ) throws {
        try Bundle.with({ config in
            config.args = ["/bin/sleep", "1000"]
            try edit(&config)
        }) { bundle in
            let link = "\(bundle.folder)/\(Self.secret)"
            symlink(bundle.folder, link)
            let words = ["create", "--bundle", link, "--pid-file", bundle.pidFile, bundle.id]
            expectSuccess(
                try bundle.call(words, .init(environment: [Program.path, "SECRET=\(Self.secret)"])))
            unlink(link)
            try body(bundle)
        }
    }

    @Test("shows nothing of its caller in cmdline, environ and memory", .unless("caller-seen"))
    func caller() throws {
        try created { bundle in
            for file in ["cmdline", "environ"] {
                let bytes = try Files.bytes("/proc/\(bundle.pid)/\(file)")
                let isTold = bytes.contains(text: Self.secret) || bytes.contains(text: bundle.state)
                #expect(!isTold, "\(file)")
            }
            guard RuntimeUnderTest.isOurs else { return }
            // The variable is nowhere in the writable memory, neither on the stack nor in a copy.
            for range in try Files.text("/proc/\(bundle.pid)/maps").lines where range.contains(" rw-p ") {
                let ends = range.words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
                let bytes = try Files.bytes("/proc/\(bundle.pid)/mem", from: ends[0], count: Int(ends[1] - ends[0]))
                let isThere = bytes.contains(text: "SECRET=\(Self.secret)")
                #expect(!isThere, "\(range)")
            }
        }
    }

    @Test("cannot be started from inside through one of its descriptors", .unless("gate-from-inside"))
    func gate() throws {
        try created({ $0.allCapabilities() }) { bundle in
            let script = "for f in /proc/1/fd/*; do [ ${f##*/} -gt 2 ] && (timeout 2 sh -c \"echo x > $f\"); done; true"
            _ = try bundle.exec(["/bin/sh", "-c", script])
            usleep(200_000)
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
            #expect(bundle.status == "running")
        }
    }

    @Test(
        "every signal that ends a process ends it", .unless("waiting-init-signals"),
        arguments: ["TERM", "INT", "HUP", "USR1", "ABRT", "SEGV", "RTMIN+1"])
    func ends(signal: String) throws {
        try created { bundle in
            expectSuccess(try bundle.kill(signal))
            #expect(eventually { bundle.status == "stopped" })
            expectSuccess(try bundle.delete())
        }
    }

    @Test("a signal that ends no process does not end it", arguments: ["CHLD", "CONT", "WINCH", "URG"])
    func stays(signal: String) throws {
        try created { bundle in
            expectSuccess(try bundle.kill(signal))
            usleep(100_000)
            #expect(bundle.status == "created")
            expectSuccess(try bundle.start())
            // It no longer blocks any signal, and ignores none.
            #expect(Processes.status(bundle.pid, "SigBlk") == "0000000000000000")
            if RuntimeUnderTest.isOurs { #expect(Processes.status(bundle.pid, "SigIgn") == "0000000000000000") }
        }
    }

    @Test("a start that was killed before it sent its message lets nobody pass", .oursOnly)
    func halfStart() throws {
        try created { bundle in
            let outcome = try Program.run(
                ["strace", "-f", "-qq", "-o", "/dev/null", "-e", "trace=sendmsg", "-e", "inject=sendmsg:signal=KILL"]
                    + bundle.words(["start", bundle.id], log: "/dev/null"))
            #expect(outcome.exit == 137, "\(outcome.said)")
            usleep(100_000)
            // strace lets the call happen before the signal. Otherwise the container is still created, and can be
            // started.
            if bundle.status == "created" { expectSuccess(try bundle.start()) }
            #expect(bundle.status == "running")
        }
    }

    @Test("start fails in time if another process has stopped init", .oursOnly)
    func held() throws {
        try created { bundle in
            Glibc.kill(bundle.pid, SIGSTOP)
            let outcome = try bundle.start()
            expectFailure(outcome, "was stopped before it became the program")
            Glibc.kill(bundle.pid, SIGCONT)
        }
    }

    @Test("run fails in time if another process has stopped init before its program", .oursOnly)
    func heldWithoutGate() throws {
        try Bundle.with({ config in
            config.shell("true")
            let script = #"kill -STOP $(sed 's/.*"pid":\([0-9]*\).*/\1/')"#
            config["hooks"]["createRuntime"] = [["path": "/bin/sh", "args": .words(["sh", "-c", script])]]
        }) { bundle in
            expectFailure(try bundle.run(), "was stopped before it became the program")
            bundle.expectNothingLeft()
        }
    }
}
