import Glibc
import Testing

/// Failures whose cause the kernel's answer hides. The message names the cause.
@Suite("Clear words", .inMachine)
struct ClearWordsTests {
    @Test("one environment entry or argument that is too long is named", .oursOnly)
    func longEntries() throws {
        let long = String(repeating: "x", count: 131072)
        try Bundle.with { bundle in
            try bundle.expectRefusal(
                "environment entry LONG has 131077 bytes: argument list too long", at: "/process/env/1"
            ) {
                $0["process"]["env"] = .words(["PATH=/bin", "LONG=" + long])
            }
            try bundle.expectRefusal("argument 2 has 131072 bytes: argument list too long", at: "/process/args/2") {
                $0.args = ["/bin/echo", "a", long]
            }
            // the kernel accepts one byte less, counting the NUL at the end
            try bundle.edit { $0.args = ["/bin/echo", String(long.dropLast())] }
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("a hostname, a domainname and a list of groups that are too long are refused with their limits", .oursOnly)
    func longNames() throws {
        try Bundle.with { bundle in
            for name in ["hostname", "domainname"] {
                try bundle.expectRefusal("the \(name) has 65 bytes, Linux takes 64 at most", at: "/\(name)") {
                    $0[name] = .string(String(repeating: "h", count: 65))
                }
            }
            try bundle.expectRefusal("65537 additional groups, Linux takes 65536", at: "/process/user/additionalGids") {
                $0["process"]["user"]["additionalGids"] = .array((1...65537).map { JSON.int($0) })
            }
            try bundle.edit { $0["hostname"] = .string(String(repeating: "h", count: 64)) }
            #expect(try bundle.run().exit == 0)
        }
    }

    @Test("exec -e without = reports the number of the entry, and never its text", .oursOnly)
    func execEntry() throws {
        try Bundle.running { bundle in
            let outcome = try bundle.exec(["/bin/true"], ["-e", "A=1", "-e", "SECRET"])
            expectFailure(outcome, "an environment entry without =: --env number 2 of 2", exit: 255)
            #expect(!outcome.said.contains("SECRET"))
        }
    }

    @Test("a failure to execute from a noexec root says so", .oursOnly, arguments: ["/bin/true", "true"])
    func noExec(program: String) throws {
        try Bundle.with({ $0.args = [program] }) { bundle in
            #expect(mount(bundle.rootfs, bundle.rootfs, nil, UInt(MS_BIND), nil) == 0)
            #expect(mount(nil, bundle.rootfs, nil, UInt(MS_REMOUNT | MS_BIND | MS_NOEXEC), nil) == 0)
            defer { umount2(bundle.rootfs, 2) }
            let outcome = try bundle.create()
            #expect(outcome.exit == 1)
            #expect(outcome.diagnostics.contains("it is on a filesystem that is mounted noexec"), "\(outcome.said)")
        }
    }

    @Test("a failure to execute under a profile that denies execve says so", .oursOnly, arguments: [true, false])
    func deniedExecve(noNewPrivileges: Bool) throws {
        try Bundle.with {
            $0["process"]["noNewPrivileges"] = .bool(noNewPrivileges)
            $0["linux"]["seccomp"] = [
                "defaultAction": "SCMP_ACT_ALLOW", "syscalls": [["names": ["execve"], "action": "SCMP_ACT_ERRNO"]],
            ]
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit == 1)
            #expect(
                outcome.diagnostics.contains("the seccomp profile, /linux/seccomp, may not allow execve"),
                "\(outcome.said)")
        }
    }

    @Test("a config of more than 16 MiB is refused: the runtime's own limit", .oursOnly)
    func longConfig() throws {
        try Bundle.with { bundle in
            try Files.write(bundle.folder + "/config.json", [UInt8](repeating: 0x20, count: (16 << 20) + 1))
            expectFailure(try bundle.create(), "more than 16777216 bytes; hint: apus refuses more than 16777216 bytes")
        }
    }

    @Test("disableOOMKiller false, which Docker writes, is the default anyway: no warning")
    func satisfied() throws {
        try Bundle.with {
            $0["linux"]["resources"]["memory"] = ["limit": 50_000_000, "disableOOMKiller": false]
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.exit == 0 && outcome.log.isEmpty, "\(outcome.said)")
        }
    }

    @Test("HOME is found behind a comment of 100 kB", .unless("long-passwd"))
    func longPasswd() throws {
        let output = try Bundle.output(of: "echo $HOME") {
            $0["process"]["env"] = ["PATH=/bin"]
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
        } prepare: { bundle in
            try Files.makeFolder(bundle.rootfs + "/etc")
            let comment = String(repeating: "c", count: 100_000)
            unlink(bundle.rootfs + "/etc/passwd")
            try Files.write(bundle.rootfs + "/etc/passwd", "web:x:1000:1000:\(comment):/home/web:/bin/sh\n")
        }
        #expect(output == "/home/web\n")
    }

    @Test("exec that races with the end of its container reports that the container is not running", .oursOnly)
    func racingEnd() throws {
        let words = "cannot exec in a stopped container"
        for round in 0..<(Host.isLong ? 200 : 30) {
            try Bundle.running { bundle in
                let racing = try (0..<4).map { _ in try bundle.begin("exec", bundle.id, "/bin/true") }
                usleep(UInt32(round % 10) * 500)
                _ = try bundle.kill("KILL")
                for program in racing {
                    let outcome = program.outcome(within: 60)
                    // exec was quick enough, or its program was killed together with the others
                    if outcome.exit == 0 || outcome.exit == 137 { continue }
                    #expect(outcome.diagnostics.contains(words), "round \(round): \(outcome.said)")
                }
            }
        }
    }
}
