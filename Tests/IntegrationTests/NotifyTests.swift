import Glibc
import TestSupport
import Testing

/// NOTIFY_SOCKET: the container's program tells a service manager that it is ready (WhatCallersHandOver, "Notify
/// socket"; sd_notify(3)).
@Suite("NOTIFY_SOCKET", .inMachine, .unless("notify"))
struct NotifyTests {
    /// A service manager, as far as it receives messages.
    private struct Manager: ~Copyable {
        private let socket: Int32

        init(at path: String) throws {
            socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            guard ListeningSocket.withAddress(path, { bind(socket, $0, $1) }) == 0 else {
                throw FixtureFailure.errno("listen at \(path)")
            }
        }

        deinit { close(socket) }

        /// The next message; nil if none comes. Closes a descriptor that comes with it, as the barrier requires.
        func next(within limit: Double = 60) -> String? {
            var entry = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32(limit * 1000)) > 0 else { return nil }
            // the kernel closes descriptors that the receiver does not take
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = recv(socket, &buffer, buffer.count, 0)
            return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self).trimmed
        }
    }

    /// Sends `message` to the socket that the container of `pid` sees, as its program would, together with descriptors.
    private func say(_ message: String, in pid: pid_t, passing descriptors: [Int32] = []) throws {
        let path = "/proc/\(pid)/root/run/notify/notify.sock"
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        defer { close(socket) }
        // bind(2) makes the name a moment before the kernel finds the socket by it. A program in the container never
        // sees this, because the runtime starts it after that.
        var refusal = ENOENT
        let isConnected = eventually {
            if ListeningSocket.withAddress(path, { connect(socket, $0, $1) }) == 0 { return true }
            refusal = errno
            return refusal != ENOENT && refusal != ECONNREFUSED
        }
        guard isConnected, ListeningSocket.withAddress(path, { connect(socket, $0, $1) }) == 0 else {
            errno = refusal
            throw FixtureFailure.errno("connect to \(path)")
        }
        let sent = send(message, passing: descriptors, to: socket)
        guard sent > 0 else { throw FixtureFailure.errno("send to \(path)") }
    }

    private func with(
        _ script: String, _ edit: (inout JSON) throws -> Void = { _ in },
        _ body: (Bundle, borrowing Manager, Program.Surroundings) throws -> Void
    ) throws {
        try Bundle.with {
            $0.shell(script)
            $0.mount("/run")
            try edit(&$0)
        } _: { bundle in
            try Files.makeFolder(bundle.rootfs + "/run")
            let manager = try Manager(at: bundle.folder + "/manager")
            let variable = "NOTIFY_SOCKET=\(bundle.folder)/manager"
            try body(bundle, manager, .init(environment: [Program.path, variable]))
        }
    }

    @Test(
        "start waits for the program, passes on that it is ready and no more, and names init as the main process",
        arguments: [false, true])
    func start(isMapped: Bool) throws {
        try with("sleep 1000", { if isMapped { $0.mapUsers() } }) { bundle, manager, surroundings in
            expectSuccess(try bundle.create(surroundings: surroundings))
            let start = try bundle.begin("start", bundle.id, surroundings: surroundings)
            try say("WATCHDOG=1", in: bundle.pid)
            #expect(manager.next(within: 1) == nil)
            #expect(!Processes.isGone(start.pid))
            let isFirst = Difference.applies("notify-first-line")
            try say(isFirst ? "READY=1\nMAINPID=1" : "STATUS=up\nREADY=1\nMAINPID=1", in: bundle.pid)
            #expect(manager.next() == "READY=1")
            #expect(manager.next() == "MAINPID=\(bundle.pid)")
            if !Difference.applies("notify-barrier") { #expect(manager.next() == "BARRIER=1") }
            #expect(start.outcome(within: 20).exit == 0)
            #expect(bundle.status == "running")
            expectSuccess(try bundle.delete(force: true))
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "run in the foreground stays the main process, and run --detach returns once the program is ready",
        arguments: [false, true])
    func run(isDetached: Bool) throws {
        try with("sleep 1000") { bundle, manager, surroundings in
            let words = ["run", "--bundle", bundle.folder, "--pid-file", bundle.pidFile]
            let running = try Program.start(
                bundle.words(words + (isDetached ? ["--detach"] : []) + [bundle.id], log: "/dev/null"), surroundings)
            #expect(eventually { bundle.pid > 0 })
            try say("READY=1", in: bundle.pid)
            #expect(manager.next() == "READY=1")
            #expect(manager.next() == "MAINPID=\(isDetached ? bundle.pid : running.pid)")
            if !Difference.applies("notify-barrier") { #expect(manager.next() == "BARRIER=1") }
            if isDetached { #expect(running.outcome().exit == 0) }
            expectSuccess(try bundle.kill())
            if !isDetached { #expect(running.outcome().exit == 137) }
        }
    }

    @Test(
        "a program that ends without a message does not block start; without a service manager there is no socket",
        .unless("notify-silent"))
    func silent() throws {
        try with("echo $NOTIFY_SOCKET; ls -d /run/notify") { bundle, manager, surroundings in
            let outcome = try bundle.run("--detach", surroundings: surroundings)
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output.lines == ["/run/notify/notify.sock", "/run/notify"])
            #expect(manager.next(within: 0.1) == nil)
            expectSuccess(try bundle.delete(force: true))
            #expect(try bundle.run().output.trimmed == "")
        }
    }

    @Test(
        "everybody may write to the socket in the container; nobody may change its folder",
        arguments: [false, true])
    func folder(isMapped: Bool) throws {
        let socket = "/run/notify/notify.sock"
        let script = "stat -c %a \(socket); touch /run/notify/x; echo $?; test -w \(socket); echo $?"
        try with(script, { if isMapped { $0.mapUsers() } }) { bundle, _, surroundings in
            let outcome = try bundle.run(surroundings: surroundings)
            #expect(outcome.output.lines == ["777", "1", "0"], "\(outcome.said)")
        }
    }

    @Test("a missing service manager does not stop the container", arguments: [false, true])
    func nobody(isDetached: Bool) throws {
        try with("sleep 1000") { bundle, _, _ in
            let log = bundle.folder + "/log/nobody"
            let words = ["run", "--bundle", bundle.folder, "--pid-file", bundle.pidFile]
            let running = try Program.start(
                bundle.words(words + (isDetached ? ["--detach"] : []) + [bundle.id], log: log),
                .init(environment: [Program.path, "NOTIFY_SOCKET=/run/nothing"]))
            #expect(eventually { bundle.pid > 0 })
            if !isDetached || !Difference.applies("notify-nobody") { try say("READY=1", in: bundle.pid) }
            if isDetached { #expect(running.outcome().exit == 0) }
            #expect(bundle.status == "running")
            expectSuccess(try bundle.kill())
            if !isDetached { #expect(running.outcome().exit == 137) }
            if RuntimeUnderTest.isOurs { #expect(try Files.text(log).contains("manager at /run/nothing: connect")) }
        }
    }

    @Test("a container can neither fill the runtime's table of descriptors nor be ready twice")
    func hostile() throws {
        try with("sleep 1000") { bundle, manager, surroundings in
            let words = ["run", "--bundle", bundle.folder, "--pid-file", bundle.pidFile, bundle.id]
            let running = try Program.start(bundle.words(words, log: "/dev/null"), surroundings)
            #expect(eventually { bundle.pid > 0 })
            try say("STATUS=up", in: bundle.pid)
            func count() -> Int { Files.names("/proc/\(running.pid)/fd").count }
            let before = count()
            for _ in 0..<50 { try say("STATUS=up", in: bundle.pid, passing: [0, 1, 2]) }
            try say("READY=1\nREADY=2", in: bundle.pid)
            #expect(manager.next() == "READY=1")
            #expect(manager.next() == "MAINPID=\(running.pid)")
            if !Difference.applies("notify-barrier") { #expect(manager.next() == "BARRIER=1") }
            #expect(eventually { count() <= before + 2 }, "\(before), then \(count())")
            if !Difference.applies("notify-again") {
                try? say("READY=1", in: bundle.pid)
                #expect(manager.next(within: 0.5) == nil)
            }
            expectSuccess(try bundle.kill())
            #expect(running.outcome().exit == 137)
        }
    }
}
