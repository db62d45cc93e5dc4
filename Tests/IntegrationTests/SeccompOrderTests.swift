import Glibc
import Testing

/// Which calls a profile must allow for a container to start: those of the program, and no more than two of the runtime.
@Suite("Seccomp, the calls that the runtime needs", .inMachine)
struct SeccompOrderTests {
    /// The calls that the runtime makes between finishing the root and execve(2).
    static let own = [
        "statx", "newfstatat", "faccessat2", "getcwd", "chdir", "fchdir", "close_range", "close", "sendmsg", "recvmsg",
        "accept4", "poll", "prctl", "setresuid", "setresgid", "setgroups", "setuid", "setgid", "umask", "openat2",
        "signalfd4", "clone3",
    ]

    @Test(
        "a profile without a call of the runtime stops no container, whatever noNewPrivileges says",
        .unless("seccomp-early"), arguments: [true, false], [0, 1000])
    func start(isLocked: Bool, user: Int) throws {
        let output = try Bundle.output(of: "grep -E '^(Seccomp|CapEff|CapPrm|CapBnd):' /proc/self/status") { config in
            config["process"]["noNewPrivileges"] = .bool(isLocked)
            config["process"]["user"]["uid"] = .int(user)
            // The calls that busybox itself needs.
            let names = Self.own.filter { !["newfstatat", "close", "prctl", "setuid", "setgid", "poll"].contains($0) }
            config["linux"]["seccomp"] = SeccompTests.profile(["names": .words(names), "action": "SCMP_ACT_ERRNO"])
        }
        let granted = Capability.mask(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
        // CAP_SYS_ADMIN, which loading the filter needs, is dropped.
        let effective = user == 0 ? granted : String(repeating: "0", count: 16)
        #expect(
            output.words == ["CapPrm:", effective, "CapEff:", effective, "CapBnd:", granted, "Seccomp:", "2"],
            "\(output)")
    }

    @Test("exec: the same", .unless("seccomp-early"), arguments: [true, false])
    func exec(isLocked: Bool) throws {
        try Bundle.with({ config in
            config.args = ["/bin/sleep", "1000"]
            config["process"]["noNewPrivileges"] = .bool(isLocked)
            let names = ["statx", "faccessat2", "getcwd", "close_range", "sendmsg", "recvmsg", "setgroups", "openat2"]
            config["linux"]["seccomp"] = SeccompTests.profile(["names": .words(names), "action": "SCMP_ACT_ERRNO"])
        }) { bundle in
            try bundle.launch()
            let output = try bundle.output(ofExec: "grep -E '^(CapEff|Seccomp):' /proc/self/status")
            #expect(
                output.words == [
                    "CapEff:", Capability.mask(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]), "Seccomp:",
                    "2",
                ])
        }
    }

    @Test(
        "a startContainer hook runs under the filter, as the program's user, whatever noNewPrivileges says",
        arguments: [true, false])
    func hook(isLocked: Bool) throws {
        let output = try Bundle.output(of: "cat /tmp/hook") { config in
            config["process"]["noNewPrivileges"] = .bool(isLocked)
            config["linux"]["seccomp"] = SeccompTests.profile(["names": ["mkdir"], "action": "SCMP_ACT_ERRNO"])
            config["hooks"]["startContainer"] = [
                [
                    "path": "/bin/sh",
                    "args": [
                        "sh", "-c",
                        "grep -E '^(CapEff|NoNewPrivs|Seccomp):' /proc/self/status > /tmp/hook; mkdir /tmp/x || echo no >> /tmp/hook",
                    ],
                ]
            ]
        }
        let granted = Capability.mask(["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"])
        #expect(
            output.words == ["CapEff:", granted, "NoNewPrivs:", isLocked ? "1" : "0", "Seccomp:", "2", "no"],
            "\(output)")
    }
}
