import Glibc
import Testing

/// Who the program is: ids, groups, capabilities, limits (WhatConfigMeans, "User", "Capabilities", "Limits").
@Suite("Identity", .inMachine)
struct IdentityTests {
    /// The fields of the container's /proc/self/status. cat itself reads the file, because a shell would change some.
    private func status(_ edit: (inout JSON) -> Void) throws -> [String: String] {
        let output = try Bundle.output(of: "") {
            $0.args = ["/bin/cat", "/proc/self/status"]
            edit(&$0)
        }
        var fields: [String: String] = [:]
        for line in output.lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[String(line[..<colon])] = line[line.index(after: colon)...].trimmed
        }
        return fields
    }

    @Test("uid, gid, groups and umask are as given")
    func ids() throws {
        let fields = try status {
            $0["process"]["user"] = ["uid": 1234, "gid": 2345, "additionalGids": [5, 7, 2_000_000_000], "umask": 63]
        }
        #expect(fields["Uid"]?.words == ["1234", "1234", "1234", "1234"])
        #expect(fields["Gid"]?.words == ["2345", "2345", "2345", "2345"])
        #expect(fields["Groups"]?.words == ["5", "7", "2000000000"])
        #expect(fields["Umask"] == "0077")
    }

    @Test("without additionalGids, or with an empty list, the caller's groups are dropped", arguments: [false, true])
    func noGroups(isEmptyList: Bool) throws {
        try Bundle.with {
            $0.shell("grep Groups: /proc/self/status")
            if isEmptyList { $0["process"]["user"]["additionalGids"] = [] }
        } _: { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/groups")
            let outcome = try Program.run(["setpriv", "--groups", "4,24,1000"] + words)
            #expect(outcome.output.words == ["Groups:"], "\(outcome.said)")
        }
    }

    @Test("a user can open again, by their names, the pipes that it was given", arguments: ["run", "exec"])
    func reopenedStreams(verb: String) throws {
        let script = "read word < /dev/stdin; echo got $word > /dev/stdout; echo err > /dev/stderr"
        try Bundle.with {
            $0.shell(verb == "run" ? script : "sleep 1000")
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
        } _: { bundle in
            if verb == "exec" { try bundle.launch() }
            let call =
                verb == "run"
                ? ["run", "--bundle", bundle.folder, bundle.id] : ["exec", bundle.id, "/bin/sh", "-c", script]
            let words = bundle.words(call, log: bundle.folder + "/log/streams")
            let outcome = try Program.run(["/bin/bash", "-c", "echo word | \"$@\" 2>&1 | cat", "-"] + words)
            #expect(outcome.output == "got word\nerr\n", "\(outcome.said)")
        }
    }

    @Test("the umask is 0022 by default; the caller's umask affects neither it nor the files that are made")
    func umask() throws {
        try Bundle.with {
            $0.shell("umask; stat -c %a /dev/null /made /dev/shm; readlink /proc/self/exe")
            $0.mount("/made", [])
        } _: { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/umask")
            let outcome = try Program.run(["/bin/sh", "-c", "umask 077; exec \"$@\"", "-"] + words)
            #expect(outcome.output.lines == ["0022", "666", "1777", "1777", "/bin/busybox"], "\(outcome.said)")
        }
    }

    @Test("the five sets of capabilities of a user, in words of the manual")
    func capabilities() throws {
        let fields = try status {
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            $0["process"]["capabilities"] = [
                "bounding": ["CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN", "CAP_CHECKPOINT_RESTORE"],
                "permitted": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_CHOWN"],
                "inheritable": ["CAP_KILL", "CAP_CHOWN"], "ambient": ["CAP_KILL"],
            ]
        }
        #expect(
            fields["CapBnd"] == Capability.mask(["CAP_CHOWN", "CAP_KILL", "CAP_NET_ADMIN", "CAP_CHECKPOINT_RESTORE"]))
        #expect(fields["CapInh"] == Capability.mask(["CAP_CHOWN", "CAP_KILL"]))
        // When a user's program without file capabilities is executed, execve(2) keeps only the ambient ones.
        for set in ["CapPrm", "CapEff", "CapAmb"] { #expect(fields[set] == Capability.mask(["CAP_KILL"]), "\(set)") }
    }

    @Test("ambient capabilities are never implied: a user without them has none (CVE-2016-8867)")
    func noAmbient() throws {
        let fields = try status {
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            for set in ["bounding", "effective", "permitted", "inheritable"] {
                $0["process"]["capabilities"][set] = ["CAP_CHOWN", "CAP_KILL"]
            }
        }
        for set in ["CapPrm", "CapEff", "CapAmb"] { #expect(fields[set] == Capability.mask([]), "\(set)") }
    }

    @Test("root has the bounding set and no more")
    func rootCapabilities() throws {
        let fields = try status { $0["process"]["noNewPrivileges"] = false }
        let three = Capability.mask(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
        for set in ["CapPrm", "CapEff", "CapBnd"] { #expect(fields[set] == three, "\(set)") }
        for set in ["CapInh", "CapAmb"] { #expect(fields[set] == Capability.mask([])) }
    }

    @Test("no capabilities in the config means none in the container", .unless("capabilities-absent"))
    func capabilitiesAbsent() throws {
        let fields = try status { $0["process"]["capabilities"] = .null }
        for set in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"] {
            #expect(fields[set] == Capability.mask([]), "\(set)")
        }
        let bounded = try status {
            $0["process"]["capabilities"] = ["permitted": ["CAP_KILL"], "effective": ["CAP_KILL"]]
        }
        #expect(bounded["CapBnd"] == Capability.mask([]))
    }

    @Test("a capability that the kernel does not know is ignored, as the spec asks", .unless("capability-unknown"))
    func unknownCapability() throws {
        let fields = try status {
            for set in ["bounding", "effective", "permitted"] {
                $0["process"]["capabilities"][set] = ["CAP_KILL", "CAP_FLY"]
            }
        }
        #expect(fields["CapBnd"] == Capability.mask(["CAP_KILL"]))
    }

    @Test("an ambient capability that is not inheritable is a warning or an error, never granted")
    func ambientWithoutInheritable() throws {
        try Bundle.with {
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            $0["process"]["capabilities"]["ambient"] = ["CAP_KILL"]
            $0.args = ["/bin/cat", "/proc/self/status"]
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit != 0 || outcome.output.contains("CapAmb:\t0000000000000000"), "\(outcome.said)")
        }
    }

    @Test("noNewPrivileges", arguments: [true, false])
    func noNewPrivileges(value: Bool) throws {
        let fields = try status { $0["process"]["noNewPrivileges"] = .bool(value) }
        #expect(fields["NoNewPrivs"] == (value ? "1" : "0"))
    }

    @Test("no signal is blocked, ignored or caught")
    func signals() throws {
        let fields = try status { _ in }
        for field in ["SigBlk", "SigIgn", "SigCgt"] {
            // 32 and 33 are the C library's own, and posix_spawn(3) does not reset them
            let set = UInt64(fields[field] ?? "", radix: 16).map { $0 & ~0x1_8000_0000 }
            #expect(set == 0, "\(field) \(fields[field] ?? "")")
        }
        #expect(fields["Threads"] == "1")
        #expect(fields["TracerPid"] == "0")
    }

    @Test("oomScoreAdj is set, also to 0; if it is absent, the caller's stays", arguments: [500, 0, -200, nil])
    func oomScore(value: Int?) throws {
        if value == 0, Difference.applies("oom-score-zero") { return }
        try Bundle.with {
            $0.args = ["/bin/cat", "/proc/self/oom_score_adj"]
            if let value { $0["process"]["oomScoreAdj"] = .int(value) }
        } _: { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/oom")
            let script = "echo 300 > /proc/self/oom_score_adj; exec \"$@\""
            let outcome = try Program.run(["/bin/sh", "-c", script, "-"] + words)
            #expect(outcome.output.trimmed == "\(value ?? 300)", "\(outcome.said)")
        }
    }

    @Test("each of the sixteen limits is set as given")
    func rlimits() throws {
        let unlimited = JSON.number("18446744073709551615")
        let limits: [(String, String, JSON, JSON)] = [
            ("CPU", "Max cpu time", 1000, 2000), ("FSIZE", "Max file size", 100_000_000, unlimited),
            ("DATA", "Max data size", 1_000_000_000, 1_000_000_001), ("STACK", "Max stack size", 4_194_304, 8_388_608),
            ("CORE", "Max core file size", 0, 1), ("RSS", "Max resident set", 5_000_000, 6_000_000),
            ("NPROC", "Max processes", 500, 501), ("NOFILE", "Max open files", 123, 456),
            ("MEMLOCK", "Max locked memory", 65537, 65538), ("AS", "Max address space", 2_000_000_000, unlimited),
            ("LOCKS", "Max file locks", 10, 11), ("SIGPENDING", "Max pending signals", 77, 78),
            ("MSGQUEUE", "Max msgqueue size", 819200, 819201), ("NICE", "Max nice priority", 1, 2),
            ("RTPRIO", "Max realtime priority", 3, 4), ("RTTIME", "Max realtime timeout", 100_000, unlimited),
        ]
        let output = try Bundle.output(of: "") {
            $0.args = ["/bin/cat", "/proc/self/limits"]
            $0["process"]["rlimits"] = .array(
                limits.map { ["type": .string("RLIMIT_" + $0.0), "soft": $0.2, "hard": $0.3] })
        }
        for (name, title, soft, hard) in limits {
            let line = output.lines.first { $0.hasPrefix(title + " ") } ?? ""
            let words = line.dropFirst(title.count).words
            let expected = [soft, hard].map { $0 == unlimited ? "unlimited" : $0.text }
            #expect(Array(words.prefix(2)) == expected, "\(name): \(line)")
        }
    }

    @Test("impossible limits are refused with their place")
    func wrongLimits() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("RLIMIT_PATIENCE", at: "/process/rlimits/0/type") {
                $0["process"]["rlimits"] = [["type": "RLIMIT_PATIENCE", "soft": 1, "hard": 1]]
            }
            try bundle.expectRefusal(at: "/process/rlimits/0/soft") {
                $0["process"]["rlimits"] = [["type": "RLIMIT_CORE", "soft": 2, "hard": 1]]
            }
            try bundle.expectRefusal(at: "/process/rlimits/1/type", unless: "rlimit-twice") {
                $0["process"]["rlimits"] = [
                    ["type": "RLIMIT_CORE", "soft": 1, "hard": 1], ["type": "RLIMIT_CORE", "soft": 2, "hard": 2],
                ]
            }
        }
    }

    @Test(
        "ids are numbers that fit, never names (CVE-2016-3697)",
        arguments: [
            ("uid", JSON.string("root")), ("uid", -1), ("uid", .number("4294967296")), ("gid", .number("1.5")),
            ("gid", "5"),
            ("uid", .number("4294967295")), ("umask", -1),
        ])
    func wrongIDs(key: String, value: JSON) throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/process/user/\(key)", unless: "numbers-cut") {
                $0["process"]["user"][key] = value
            }
        }
    }
}
