import Testing

/// How many system calls a command needs, with those of the program in the container: a ceiling that only goes down. A
/// change that needs more has to say why, here.
@Suite("The number of system calls", .inMachine, .oursOnly)
struct SystemCallTests {
    @Test("no command makes more of them than before")
    func ceilings() throws {
        try Bundle.running { bundle in
            try expect(["--version"], atMost: 19, bundle)
            try expect(["state", bundle.id], atMost: 52, bundle)
            try expect(["exec", bundle.id, "true"], atMost: 302, bundle)
        }
        try Bundle.with({ $0.shell("true") }) { bundle in
            // The first leaves its device filter for the next.
            #expect(try bundle.run().exit == 0)
            // Four of them find the pinned device filter, which spares the kernel its check of the program; one finds
            // out where cgroup v2 is mounted, in exec too; the others say who we are and what the kernel lets us do.
            try expect(["run", "--bundle", bundle.folder, bundle.id], atMost: 486, bundle)
        }
    }

    /// Runs a command below strace(1), whose last line has the sum.
    private func expect(_ words: [String], atMost ceiling: Int, _ bundle: Bundle) throws {
        let counts = bundle.folder + "/log/calls"
        let outcome = try Program.run(
            ["strace", "-f", "-c", "-o", counts] + bundle.words(words, log: "/dev/null"))
        #expect(outcome.exit == 0, "\(outcome.said)")
        let last = try #require(try Files.text(counts).split(separator: "\n").last { $0.hasSuffix("total") })
        // percent, seconds, microseconds per call, calls, errors
        let count = try #require(Int(last.split(separator: " ")[3]))
        #expect(count <= ceiling, "apus \(words[0]) made \(count) system calls, the ceiling is \(ceiling)")
        print("system calls of apus \(words[0]): \(count)")
    }
}
