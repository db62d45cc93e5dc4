import Glibc
import TestSupport
import Testing

/// No descriptor of the runtime or its caller reaches the container (WhatCallersHandOver, "Descriptors";
/// CVE-2024-21626).
@Suite("Descriptors", .inMachine)
struct DescriptorTests {
    /// Calls with descriptors 3 to 12 open in the caller, one of them the host's root.
    private func leaky() -> (Program.Surroundings, [Int32]) {
        let numbers = (3...12).map { _ in open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) }
        var surroundings = Program.Surroundings()
        for (index, number) in numbers.enumerated() { surroundings.descriptors[Int32(index) + 3] = number }
        return (surroundings, numbers)
    }

    @Test("the program finds standard input, output and error, and no other")
    func closed() throws {
        let (surroundings, numbers) = leaky()
        defer { for number in numbers { close(number) } }
        try Bundle.with({ $0.args = ["/bin/ls", "/proc/self/fd"] }) { bundle in
            let outcome = try bundle.run(surroundings: surroundings)
            // ls has the folder that it reads open as 3
            #expect(outcome.output.words == ["0", "1", "2", "3"], "\(outcome.said)")
        }
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create(surroundings: surroundings))
            expectSuccess(try bundle.start())
            let pid = bundle.pid
            #expect(eventually { Files.link("/proc/\(pid)/exe")?.hasSuffix("busybox") == true })
            #expect(Files.names("/proc/\(pid)/fd").sorted() == ["0", "1", "2"])
        }
    }

    @Test("--preserve-fds hands on so many after 2, and one that is not open is refused")
    func preserved() throws {
        let (surroundings, numbers) = leaky()
        defer { for number in numbers { close(number) } }
        try Bundle.with({ $0.args = ["/bin/ls", "/proc/self/fd"] }) { bundle in
            let outcome = try bundle.run("--preserve-fds", "2", surroundings: surroundings)
            #expect(outcome.output.words == ["0", "1", "2", "3", "4", "5"], "\(outcome.said)")
            if Difference.applies("preserved-unchecked") { return }
            expectFailure(try bundle.run("--preserve-fds", "3"), "unable to stat preserved-fd 3")
            // 3 to 12 are open
            expectFailure(
                try bundle.run("--preserve-fds", "11", surroundings: surroundings), "unable to stat preserved-fd 13")
            bundle.expectNothingLeft()
        }
    }

    @Test(
        "--preserve-fds: they are the caller's open files, also in create and start, and the runtime keeps none",
        arguments: [true, false])
    func files(isCreated: Bool) throws {
        var ends: [Int32] = [-1, -1]
        #expect(pipe(&ends) == 0)
        let reading = fcntl(ends[0], F_DUPFD_CLOEXEC, 100), writing = fcntl(ends[1], F_DUPFD_CLOEXEC, 100)
        for end in ends { close(end) }
        defer { close(reading) }
        let surroundings = Program.Surroundings(descriptors: [3: writing])
        try Bundle.with({ $0.shell("echo said >&3; exec 3>&-; exec sleep 1000") }) { bundle in
            let running: Program?
            if isCreated {
                running = nil
                expectSuccess(try bundle.create("--preserve-fds", "1", surroundings: surroundings))
                expectSuccess(try bundle.start())
            } else {
                running = try bundle.begin(
                    "run", "--preserve-fds", "1", "--bundle", bundle.folder, bundle.id, surroundings: surroundings)
            }
            close(writing)
            var buffer = [UInt8](repeating: 0, count: 100)
            #expect(read(reading, &buffer, 100) == 5)
            // the end of the file: nobody has it open any more, although the container runs
            var poll = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            if !Difference.applies("preserved-kept") || isCreated {
                #expect(Glibc.poll(&poll, 1, 30000) == 1 && read(reading, &buffer, 100) == 0)
            }
            _ = try bundle.kill()
            _ = running?.outcome()
        }
    }

    @Test(
        "LISTEN_FDS: a service manager's come first, and count only if LISTEN_PID is the runtime",
        .unless("listen-fds"))
    func listening() throws {
        let (surroundings, numbers) = leaky()
        defer { for number in numbers { close(number) } }
        try Bundle.with({ $0.shell("ls /proc/self/fd | tr '\\n' ' '; echo $LISTEN_FDS $LISTEN_PID $LISTEN_FDNAMES") }) {
            bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder], log: bundle.folder + "/log/listen")
            func run(_ pid: String, _ options: [String]) throws -> [String] {
                let script = "export LISTEN_PID=\(pid) LISTEN_FDS=2 LISTEN_FDNAMES=a:b; exec \"$@\""
                let outcome = try Program.run(
                    ["bash", "-c", script, "-"] + words + options + [bundle.id], surroundings)
                #expect(outcome.exit == 0, "\(outcome.said)")
                return outcome.output.words
            }
            let own = try run("$$", []), more = try run("$$", ["--preserve-fds", "1"]), other = try run("1", [])
            // 0 to 4, and the folder that ls reads
            #expect(own == ["0", "1", "2", "3", "4", "5", "2", "1"])
            #expect(more == ["0", "1", "2", "3", "4", "5", "6", "2", "1"])
            #expect(other == ["0", "1", "2", "3"])
        }
    }

    @Test(
        "a created container holds nothing of the host but its streams and what start needs",
        .unless("created-holds-descriptors"))
    func waiting() throws {
        let (surroundings, numbers) = leaky()
        defer { for number in numbers { close(number) } }
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create(surroundings: surroundings))
            let others = Files.names("/proc/\(bundle.pid)/fd").filter { !["0", "1", "2"].contains($0) }
            let files = others.map { Files.link("/proc/\(bundle.pid)/fd/\($0)") ?? "" }.filter { $0.hasPrefix("/") }
            // runc and crun hold the FIFO at which init waits; apus uses a socket.
            #expect(RuntimeUnderTest.isOurs ? files == [] : files.allSatisfy { $0.hasSuffix("/exec.fifo") }, "\(files)")
        }
    }

    @Test("the runtime does not stay: no process keeps the caller's output open")
    func outputEnds() throws {
        try Bundle.with({ $0.shell("exec >/dev/null 2>&1; sleep 1000") }) { bundle in
            var ends: [Int32] = [-1, -1]
            #expect(pipe(&ends) == 0)
            let reading = fcntl(ends[0], F_DUPFD_CLOEXEC, 100), writing = fcntl(ends[1], F_DUPFD_CLOEXEC, 100)
            for end in ends { close(end) }
            defer { close(reading) }
            let words = bundle.words(
                ["run", "-d", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/pipe")
            var surroundings = Program.Surroundings()
            surroundings.descriptors = [1: writing, 2: writing]
            let outcome = try Program.run(words, surroundings)
            #expect(outcome.exit == 0)
            close(writing)
            var poll = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            #expect(Glibc.poll(&poll, 1, 30000) == 1, "somebody still has our output open")
        }
    }
}
