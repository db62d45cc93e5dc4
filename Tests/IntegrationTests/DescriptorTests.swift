import Glibc
import Testing

/// No descriptor of the runtime or its caller reaches the container (facts.md 3.4, CVE-2024-21626).
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
            // ls has the folder it reads open as 3
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
            if Difference.applies("preserve-fds-later") {
                return expectFailure(outcome, "--preserve-fds: not supported by this version of apus")
            }
            #expect(outcome.output.words == ["0", "1", "2", "3", "4", "5"], "\(outcome.said)")
            if Difference.applies("preserved-unchecked") { return }
            expectFailure(try bundle.run("--preserve-fds", "3"), "unable to stat preserved-fd")
            bundle.expectNothingLeft()
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
            let links = Files.names("/proc/\(bundle.pid)/fd").sorted().map {
                "\($0) \(Files.link("/proc/\(bundle.pid)/fd/\($0)") ?? "")"
            }
            #expect(!links.contains { $0.hasSuffix(" /") && !$0.hasPrefix("0 ") }, "\(links)")
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
