import Testing

/// The process (config.md, "Process").
@Suite("Conformance: process", .inMachine, .measured)
struct ProcessConformance {
    @Test("config.md, Process: consoleSize is ignored without a terminal")
    func consoleSize() throws {
        try Bundle.with({ $0["process"]["consoleSize"] = ["height": 10, "width": 20] }) { bundle throws in
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("config.md, Process: cwd is absolute; a relative one is an error")
    func cwd() throws {
        try Bundle.with { bundle throws in try bundle.expectNoContainer { $0["process"]["cwd"] = "tmp" } }
    }

    @Test("config.md, POSIX process: a limit that the kernel does not know is an error")
    func unknownLimit() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                $0["process"]["rlimits"] = [["type": "RLIMIT_PATIENCE", "soft": 1, "hard": 1]]
            }
        }
    }

    /// The limits, by the words of /proc/PID/limits.
    static let limits = [
        ("RLIMIT_CPU", "Max cpu time"), ("RLIMIT_FSIZE", "Max file size"), ("RLIMIT_DATA", "Max data size"),
        ("RLIMIT_STACK", "Max stack size"), ("RLIMIT_CORE", "Max core file size"), ("RLIMIT_RSS", "Max resident set"),
        ("RLIMIT_NPROC", "Max processes"), ("RLIMIT_NOFILE", "Max open files"),
        ("RLIMIT_MEMLOCK", "Max locked memory"), ("RLIMIT_AS", "Max address space"),
        ("RLIMIT_LOCKS", "Max file locks"), ("RLIMIT_SIGPENDING", "Max pending signals"),
        ("RLIMIT_MSGQUEUE", "Max msgqueue size"), ("RLIMIT_NICE", "Max nice priority"),
        ("RLIMIT_RTPRIO", "Max realtime priority"), ("RLIMIT_RTTIME", "Max realtime timeout"),
    ]

    @Test(
        "config.md, POSIX process: each type of limit is known, its soft and hard value are the configured ones",
        arguments: limits)
    func limit(type: String, words: String) throws {
        let large = ["RLIMIT_AS", "RLIMIT_DATA", "RLIMIT_STACK", "RLIMIT_FSIZE", "RLIMIT_MEMLOCK", "RLIMIT_RSS"]
            .contains(type)
        let (soft, hard) = large ? (800_000_000, 900_000_000) : (50, 60)
        let output = try Bundle.output(of: "grep '^\(words) ' /proc/self/limits") {
            $0["process"]["rlimits"] = [["type": .string(type), "soft": .int(soft), "hard": .int(hard)]]
        }
        let values = output.dropFirst(words.utf8.count).split(separator: " ").prefix(2).map(String.init)
        #expect(values == ["\(soft)", "\(hard)"], "\(output)")
    }

    @Test("config.md, POSIX process: two limits of a type are an error")
    func twice() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer {
                let limit: JSON = ["type": "RLIMIT_NOFILE", "soft": 10, "hard": 20]
                $0["process"]["rlimits"] = [limit, limit]
            }
        }
    }

    @Test("config.md, Linux process: a capability that cannot be mapped or granted is logged as a warning")
    func capability() throws {
        try Bundle.with {
            $0["process"]["capabilities"]["permitted"].append("CAP_NOBODY_KNOWS")
        } _: { bundle throws in
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect((outcome.log + outcome.diagnostics).contains("CAP_NOBODY_KNOWS"), "no warning")
        }
    }

    @Test("config.md, Linux process: oomScoreAdj is set to the given value", arguments: [0, 100, 1000])
    func score(value: Int) throws {
        let output = try Bundle.output(of: "cat /proc/self/oom_score_adj") {
            $0["process"]["oomScoreAdj"] = .int(value)
        }
        #expect(output == "\(value)\n")
    }

    @Test("config.md, Linux process: without oomScoreAdj the value is not changed")
    func scoreUntouched() throws {
        try Bundle.with({ $0.shell("cat /proc/self/oom_score_adj") }) { bundle throws in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/score")
            let outcome = try Program.run(
                ["sh", "-c", "echo 321 > /proc/self/oom_score_adj; exec \"$@\"", "sh"] + words)
            #expect(outcome.output == "321\n", "\(outcome.said)")
        }
    }
}
