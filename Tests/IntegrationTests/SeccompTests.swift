import Testing

/// `linux.seccomp` (WhatConfigMeans, "Seccomp").
@Suite("Seccomp", .inMachine)
struct SeccompTests {
    /// A profile that allows everything except what `rules` say.
    static func profile(_ rules: JSON...) -> JSON {
        ["defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64"], "syscalls": .array(rules)]
    }

    static let folders: JSON = ["mkdir", "mkdirat"]

    private func outcome(_ profile: JSON, _ script: String, _ edit: (inout JSON) -> Void = { _ in }) throws -> Outcome {
        var outcome = Outcome(exit: -1, output: "", diagnostics: "")
        try Bundle.with({
            $0["linux"]["seccomp"] = profile
            $0.shell(script)
            edit(&$0)
        }) { outcome = try $0.run() }
        return outcome
    }

    @Test(
        "the program gets the errno of the rule: EPERM by default",
        arguments: [
            (nil, "Operation not permitted"), (13, "Permission denied"), (38, "Function not implemented"),
        ])
    func errno(number: Int?, words: String) throws {
        var rule: JSON = ["names": Self.folders, "action": "SCMP_ACT_ERRNO"]
        if let number { rule["errnoRet"] = .int(number) }
        let outcome = try outcome(Self.profile(rule), "mkdir /tmp/x; echo $?; grep Seccomp: /proc/self/status")
        #expect(outcome.diagnostics.contains(words), "\(outcome.said)")
        #expect(outcome.output.words == ["1", "Seccomp:", "2"])
    }

    @Test("the default action, with an errno of its own")
    func defaultAction() throws {
        // the calls that busybox needs to run a shell and cat, and some more
        let allowed: JSON = [
            "names": [
                "access", "arch_prctl", "brk", "chdir", "clone", "clone3", "close", "close_range", "dup", "dup2",
                "dup3",
                "execve", "execveat", "exit", "exit_group", "faccessat", "faccessat2", "fcntl", "fork", "fstat",
                "futex",
                "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpgrp", "getpid", "getppid", "getrandom",
                "getrlimit", "gettid", "getuid", "ioctl", "lseek", "lstat", "mmap", "mprotect", "munmap", "newfstatat",
                "open", "openat", "pipe", "pipe2", "poll", "pread64", "prctl", "prlimit64", "read", "readlink",
                "readlinkat",
                "restart_syscall", "rseq", "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity",
                "sendfile", "set_robust_list", "set_tid_address", "setgid", "setgroups", "setuid", "sigaltstack",
                "stat",
                "statfs", "statx", "sysinfo", "tgkill", "uname", "vfork", "wait4", "write", "writev",
                "capget", "capset", "clock_gettime", "epoll_create1", "epoll_ctl", "epoll_pwait", "eventfd2", "fchdir",
                "fstatfs", "madvise", "nanosleep", "openat2", "recvmsg", "sendmsg", "recvfrom", "sendto", "setsid",
                "setpriority", "umask", "fchown", "fchownat", "sched_yield", "timer_create", "timer_settime",
                "timer_delete",
            ],
            "action": "SCMP_ACT_ALLOW",
        ]
        let profile: JSON = ["defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 95, "syscalls": [allowed]]
        let outcome = try outcome(profile, "mkdir /tmp/x; echo done")
        #expect(
            outcome.diagnostics.contains("Not supported") || outcome.diagnostics.contains("Operation not supported"),
            "\(outcome.said)")
        #expect(outcome.output == "done\n", "\(outcome.said)")
    }

    @Test(
        "KILL ends the program with SIGSYS",
        arguments: ["SCMP_ACT_KILL", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_TRAP"])
    func kill(action: String) throws {
        let rule: JSON = ["names": Self.folders, "action": .string(action)]
        let outcome = try outcome(Self.profile(rule), "exec mkdir /tmp/x")
        #expect(outcome.exit == 128 + 31, "\(outcome.said)")
    }

    @Test(
        "LOG and ALLOW let the call pass; a rule that repeats the default action is accepted",
        arguments: ["SCMP_ACT_LOG", "SCMP_ACT_ALLOW"])
    func allowed(action: String) throws {
        let rule: JSON = ["names": Self.folders, "action": .string(action)]
        #expect(try outcome(Self.profile(rule), "mkdir /tmp/x").exit == 0)
    }

    /// Conditions on the signal of kill(2), its argument 1, and which of three harmless signals they stop.
    static let conditions: [(String, Int, Int?, Set<Int>)] = [
        ("SCMP_CMP_EQ", 18, nil, [18]), ("SCMP_CMP_NE", 18, nil, [17, 23]), ("SCMP_CMP_LT", 18, nil, [17]),
        ("SCMP_CMP_LE", 18, nil, [17, 18]), ("SCMP_CMP_GT", 18, nil, [23]), ("SCMP_CMP_GE", 18, nil, [18, 23]),
        ("SCMP_CMP_MASKED_EQ", 7, 1, [17]), ("SCMP_CMP_MASKED_EQ", 16, 16, [17, 18, 23]),
    ]

    static let tries = "for s in 17 18 23; do kill -$s $$ 2>/dev/null || echo $s; done"

    @Test("each operator compares an argument", arguments: conditions)
    func arguments(op: String, value: Int, second: Int?, stopped: Set<Int>) throws {
        var argument: JSON = ["index": 1, "value": .int(value), "op": .string(op)]
        if let second { argument["valueTwo"] = .int(second) }
        let rule: JSON = ["names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": [argument]]
        let outcome = try outcome(Self.profile(rule), Self.tries)
        #expect(Set(outcome.output.words.compactMap { Int($0) }) == stopped, "\(outcome.said)")
    }

    @Test("conditions on different arguments must all hold (CVE-2017-18367); on the same one, any")
    func several() throws {
        func rule(_ args: JSON...) -> JSON { ["names": ["kill"], "action": "SCMP_ACT_ERRNO", "args": .array(args)] }
        func eq(_ index: Int, _ value: Int) -> JSON {
            ["index": .int(index), "value": .int(value), "op": "SCMP_CMP_EQ"]
        }
        // argument 0 is the pid, which is 1
        #expect(try outcome(Self.profile(rule(eq(0, 1), eq(1, 18))), Self.tries).output.words == ["18"])
        #expect(try outcome(Self.profile(rule(eq(0, 2), eq(1, 18))), Self.tries).output.words == [])
        #expect(try outcome(Self.profile(rule(eq(1, 17), eq(1, 23))), Self.tries).output.words == ["17", "23"])
    }

    @Test(
        "the filter holds for users, and without noNewPrivileges too",
        arguments: [(0, false), (1000, true), (1000, false)])
    func users(uid: Int, isLocked: Bool) throws {
        let rule: JSON = ["names": Self.folders, "action": "SCMP_ACT_ERRNO"]
        let outcome = try outcome(
            Self.profile(rule), "mkdir /tmp/x; grep -E 'Seccomp:|NoNewPrivs|Uid' /proc/self/status"
        ) {
            $0["process"]["user"]["uid"] = .int(uid)
            $0["process"]["noNewPrivileges"] = .bool(isLocked)
        }
        #expect(outcome.diagnostics.contains("Operation not permitted"))
        #expect(outcome.output.words.contains(isLocked ? "1" : "0"))
        #expect(outcome.output.lines.last?.words == ["Seccomp:", "2"])
    }

    @Test("names that this machine does not have are ignored")
    func unknownNames() throws {
        let rule: JSON = ["names": ["mkdir", "mkdirat", "no_such_call", "_llseek"], "action": "SCMP_ACT_ERRNO"]
        let outcome = try outcome(Self.profile(rule), "mkdir /tmp/x || echo stopped")
        #expect(outcome.output == "stopped\n", "\(outcome.said)")
    }

    @Test(
        "flags: each known one is accepted, and so is an empty list", .unless("seccomp-flags"),
        arguments: [
            [], ["SECCOMP_FILTER_FLAG_LOG"], ["SECCOMP_FILTER_FLAG_SPEC_ALLOW"], ["SECCOMP_FILTER_FLAG_TSYNC"],
        ])
    func flags(words: [String]) throws {
        var profile = Self.profile(["names": Self.folders, "action": "SCMP_ACT_ERRNO"])
        profile["flags"] = .words(words)
        let outcome = try outcome(profile, "mkdir /tmp/x || echo stopped")
        #expect(outcome.output == "stopped\n", "\(outcome.said)")
    }

    @Test("a filter for several architectures")
    func architectures() throws {
        var profile = Self.profile(["names": Self.folders, "action": "SCMP_ACT_ERRNO"])
        profile["architectures"] = ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64"]
        let outcome = try outcome(profile, "mkdir /tmp/x || echo stopped; cat /proc/self/status")
        #expect(outcome.output.hasPrefix("stopped\n"), "\(outcome.said)")
        profile["architectures"] = .null
        #expect(try self.outcome(profile, "mkdir /tmp/x || echo stopped").output == "stopped\n")
    }

    /// The answer to the call `number` of x86_64, or of x86, under a profile that refuses everything except read, exit,
    /// execve and the calls needed to get there. The newest of them is close_range (436).
    private func answer(
        to number: UInt32, isShort: Bool = false, _ edit: (inout JSON) -> Void = { _ in }
    ) throws -> Outcome {
        let needed: JSON = [
            "read", "write", "close", "close_range", "execve", "execveat", "exit", "exit_group", "futex", "brk", "mmap",
            "munmap", "openat", "fcntl", "rt_sigreturn", "rt_sigprocmask", "epoll_pwait", "nanosleep", "sched_yield",
            "prctl", "capset", "getdents64", "getuid", "setuid", "setgid", "setgroups", "fstat", "newfstatat",
            "fstatfs",
            "sendmsg", "recvmsg", "clone", "getpid", "gettid", "tgkill", "madvise", "ppoll", "epoll_ctl", "lstat",
            "stat",
            "chdir", "getcwd", "faccessat", "faccessat2", "statx", "unlinkat", "lseek", "readlinkat", "mprotect",
        ]
        var profile: JSON = [
            "defaultAction": "SCMP_ACT_ERRNO", "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
            "syscalls": [["names": needed, "action": "SCMP_ACT_ALLOW"]],
        ]
        edit(&profile)
        var outcome = Outcome(exit: -1, output: "", diagnostics: "")
        try Bundle.with {
            $0["linux"]["seccomp"] = profile
            $0.args = ["/bin/call"]
        } _: { bundle in
            let write = isShort ? CallProgram.writeShort : CallProgram.write
            try write(bundle.rootfs + "/bin/call", number)
            outcome = try bundle.run()
        }
        return outcome
    }

    @Test("calls newer than the newest one that the profile names get ENOSYS, older ones the default errno")
    func newerCalls() throws {
        let newer: Int32 = Difference.applies("seccomp-newer-calls") ? 1 : 38
        #expect(try answer(to: 83).exit == 1)  // mkdir
        #expect(try answer(to: 438).exit == 1)  // pidfd_getfd, older than faccessat2 (439)
        #expect(try answer(to: 440).exit == newer)  // process_madvise
        #expect(try answer(to: 5000).exit == newer)
        // the same numbers of x86; the newest there is faccessat2 too
        #expect(try answer(to: 39, isShort: true).exit == 1)  // mkdir
        #expect(try answer(to: 440, isShort: true).exit == newer)
    }

    @Test("the same without architectures, which means the machine's own", .unless("seccomp-newer-calls-native"))
    func newerNativeCalls() throws {
        #expect(try answer(to: 440) { $0["architectures"] = .null }.exit == 38)
        // a call through a table that the filter does not have ends the caller
        #expect(try answer(to: 20, isShort: true) { $0["architectures"] = .null }.exit == 128 + 31)
    }

    @Test("no ENOSYS with a default action that lets calls pass", arguments: ["SCMP_ACT_ALLOW", "SCMP_ACT_LOG"])
    func newerCallsThatPass(action: String) throws {
        let outcome = try answer(to: 102) {  // getuid, newer than mkdir (83)
            $0["defaultAction"] = .string(action)
            $0["syscalls"] = [["names": ["mkdir"], "action": "SCMP_ACT_ERRNO"]]
        }
        #expect(outcome.exit == 0, "\(outcome.said)")
    }

    @Test("no rules and no default action mean no filter")
    func empty() throws {
        let outcome = try outcome(["defaultAction": "SCMP_ACT_ALLOW"], "mkdir /tmp/x && echo made")
        #expect(outcome.output == "made\n", "\(outcome.said)")
    }

    @Test("impossible profiles are refused with their place")
    func wrong() throws {
        try Bundle.with { bundle in
            func refused(
                at end: String, unless difference: String? = nil, profile: JSON, line: SourceLocation = #_sourceLocation
            ) throws {
                try bundle.expectRefusal(at: "/linux/seccomp" + end, unless: difference, sourceLocation: line) {
                    $0["linux"]["seccomp"] = profile
                }
            }
            let plain = Self.profile(["names": Self.folders, "action": "SCMP_ACT_ERRNO"])
            var changed = plain
            changed["defaultAction"] = "SCMP_ACT_SHRUG"
            try refused(at: "/defaultAction", profile: changed)
            changed["defaultAction"] = "SCMP_ACT_NOTIFY"
            try refused(at: "/defaultAction", unless: "seccomp-unchecked", profile: changed)
            changed = plain
            changed["architectures"] = ["SCMP_ARCH_Z80"]
            try refused(at: "/architectures/0", profile: changed)
            changed = plain
            changed["flags"] = ["SECCOMP_FILTER_FLAG_NOSUCH"]
            try refused(at: "/flags/0", unless: "seccomp-flag-unknown", profile: changed)
            changed = plain
            changed["syscalls"][0]["action"] = "SCMP_ACT_SHRUG"
            try refused(at: "/syscalls/0/action", profile: changed)
            changed["syscalls"][0] = ["names": ["mkdir"], "action": "SCMP_ACT_KILL", "errnoRet": 5]
            try refused(at: "/syscalls/0/errnoRet", unless: "seccomp-unchecked", profile: changed)
            changed["syscalls"][0] = [
                "names": ["kill"], "action": "SCMP_ACT_ERRNO",
                "args": [["index": 1, "value": 1, "op": "SCMP_CMP_ROUGHLY"]],
            ]
            try refused(at: "/syscalls/0/args/0/op", profile: changed)
            changed["syscalls"][0]["args"] = [["index": 6, "value": 1, "op": "SCMP_CMP_EQ"]]
            try refused(at: "/syscalls/0/args/0/index", profile: changed)
            changed = plain
            changed["defaultErrnoRet"] = 5
            try refused(at: "/defaultErrnoRet", unless: "seccomp-unchecked", profile: changed)
        }
    }
}
