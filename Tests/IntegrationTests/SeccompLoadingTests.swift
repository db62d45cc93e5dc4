import Glibc
import Testing

/// How and when a filter is loaded, as the kernel sees it (WhatConfigMeans, "Seccomp").
@Suite("Loading seccomp", .inMachine, .oursOnly)
struct SeccompLoadingTests {
    /// The calls of the process that loads the filter, from its first to its last, as strace(1) saw them.
    private func calls(_ names: String, _ edit: (inout JSON) -> Void) throws -> [String] {
        var found: [String] = []
        try Bundle.with {
            $0["linux"]["seccomp"] = SeccompTests.profile(["names": SeccompTests.folders, "action": "SCMP_ACT_ERRNO"])
            edit(&$0)
        } _: { bundle in
            let trace = bundle.folder + "/log/strace"
            let outcome = try Program.run(
                ["strace", "-f", "-qq", "-X", "raw", "-o", trace, "-e", "trace=\(names)"]
                    + bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null"))
            #expect(outcome.exit == 0, "\(outcome.said)")
            let lines = try Files.text(trace).lines
            let loader = try #require(lines.first { $0.contains(" seccomp(") }?.words.first)
            // If another process made a call meanwhile, strace prints the end of a call in a line of its own.
            found = lines.filter { $0.hasPrefix(loader + " ") }.map { $0.dropFirst(loader.utf8.count).trimmed }
                .filter { !$0.hasPrefix("<...") }
        }
        return found
    }

    @Test(
        "flags: none asks for SPEC_ALLOW, an empty list for nothing, each word for its own",
        arguments: [
            (nil, 4), ([], 0), (["LOG"], 2), (["SPEC_ALLOW"], 4), (["TSYNC"], 0), (["LOG", "SPEC_ALLOW", "TSYNC"], 6),
            (["WAIT_KILLABLE_RECV"], 0),
        ] as [([String]?, Int)])
    func flags(words: [String]?, expected: Int) throws {
        let calls = try calls("seccomp") { config in
            if let words {
                config["linux"]["seccomp"]["flags"] = .words(words.map { "SECCOMP_FILTER_FLAG_\($0)" })
            }
        }
        let flags = expected == 0 ? "0" : "0x\(expected)"
        #expect(calls.count == 1 && calls[0].hasPrefix("seccomp(0x1, \(flags), "), "\(calls)")
    }

    @Test("it is loaded last: before execve is only capset, without noNewPrivileges")
    func order() throws {
        let watched = "all"
        func edit(_ isLocked: Bool) -> (inout JSON) -> Void {
            {
                $0["process"]["noNewPrivileges"] = .bool(isLocked)
                $0["process"]["user"]["uid"] = 1000
            }
        }
        // The calls after execve are the program's own.
        let all = try calls(watched, edit(true))
        let late = all[...(try #require(all.firstIndex { $0.hasPrefix("execve(") }))]
        #expect(late.dropLast().last?.hasPrefix("seccomp(") ?? false, "\(late)")
        let every = try calls(watched, edit(false))
        let early = every[...(try #require(every.firstIndex { $0.hasPrefix("execve(") }))]
        #expect(
            early.suffix(3).map { $0.prefix { $0 != "(" } } == ["seccomp", "capset", "execve"], "\(early.suffix(5))")
        // The filter never sets no_new_privs itself (SCMP_FLTATR_CTL_NNP 0): 0x26 is PR_SET_NO_NEW_PRIVS.
        #expect(!early.contains { $0.hasPrefix("prctl(0x26") }, "\(early)")
        #expect(late.contains { $0.hasPrefix("prctl(0x26") }, "\(late)")
    }

    @Test("an empty default action without rules is no filter; with rules it is an error")
    func emptyAction() throws {
        let output = try Bundle.output(of: "grep Seccomp: /proc/self/status") {
            $0["linux"]["seccomp"] = ["defaultAction": "", "syscalls": []]
        }
        #expect(output.words == ["Seccomp:", "0"])
        try Bundle.with {
            try $0.expectRefusal(at: "/linux/seccomp/defaultAction") {
                $0["linux"]["seccomp"] = SeccompTests.profile([
                    "names": SeccompTests.folders, "action": "SCMP_ACT_ERRNO",
                ])
                $0["linux"]["seccomp"]["defaultAction"] = ""
            }
        }
    }

    @Test("calls that libseccomp does not know, and flags without effect, are reported only with --debug")
    func unknown() throws {
        try Bundle.with {
            var profile = SeccompTests.profile(["names": ["mkdir", "no_such_call"], "action": "SCMP_ACT_ERRNO"])
            profile["architectures"] = ["SCMP_ARCH_X86_64", "SCMP_ARCH_S390X"]
            profile["flags"] = ["SECCOMP_FILTER_FLAG_TSYNC"]
            $0["linux"]["seccomp"] = profile
        } _: { bundle in
            // first compiled, then from the cache
            for _ in 0..<2 {
                let told = try bundle.call(["--debug", "run", "--bundle", bundle.folder, bundle.id])
                #expect(told.exit == 0, "\(told.said)")
                #expect(told.log.contains("these seccomp flags change nothing: SECCOMP_FILTER_FLAG_TSYNC"))
                #expect(
                    told.log.contains(
                        "does not know the system calls no_such_call, nor the architectures SCMP_ARCH_S390X"))
            }
            #expect(try bundle.run().log == "")
        }
    }
}
