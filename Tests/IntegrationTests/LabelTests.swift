import Glibc
import Testing

/// Security modules and resctrl (WhatConfigMeans, "Labels", "Intel RDT"): AppArmor is in the machine's kernels, SELinux
/// and Intel RDT are not.
@Suite("Labels", .inMachine)
struct LabelTests {
    /// Runs `body` with the name of an AppArmor profile that only denies reading /etc/hosts.
    private func withProfile(_ body: (String) throws -> Void) throws {
        let name = "apus-\(getpid())-\(UInt32.random(in: 0 ... .max))"
        let text = """
            profile \(name) flags=(attach_disconnected,mediate_deleted) {
              file,
              capability,
              network,
              signal,
              deny /etc/hosts r,
            }
            """
        func parse(_ option: String) throws -> Outcome {
            // The parser looks for securityfs in the mount table. A separate table keeps that out of ours.
            let script = "mount -t securityfs none /sys/kernel/security; exec apparmor_parser --skip-cache \(option)"
            return try Program.run(
                ["unshare", "--mount", "/bin/sh", "-c", script], .init(input: .text(text)))
        }
        let outcome = try parse("--replace")
        guard outcome.exit == 0 else { throw FixtureFailure("apparmor_parser: \(outcome.said)") }
        defer { _ = try? parse("--remove") }
        try body(name)
    }

    @Test("apparmorProfile: the program is confined by it", arguments: [true, false])
    func profile(noNewPrivileges: Bool) throws {
        try withProfile { name in
            let output = try Bundle.output(
                of: "cat /proc/self/attr/current; cat /etc/passwd > /dev/null && cat /etc/hosts || echo denied"
            ) {
                $0["process"]["apparmorProfile"] = .string(name)
                $0["process"]["noNewPrivileges"] = .bool(noNewPrivileges)
            }
            #expect(output.lines == ["\(name) (enforce)", "denied"], "\(output)")
        }
    }

    @Test("apparmorProfile: written even if the container's /proc is a fake (CVE-2019-16884)", .unless("fake-proc"))
    func fakeProc() throws {
        try withProfile { name in
            try Bundle.with {
                $0.unmount("/proc")
                $0["linux"]["maskedPaths"] = .null
                $0["linux"]["readonlyPaths"] = .null
                $0["process"]["apparmorProfile"] = .string(name)
                $0.args = ["/bin/sleep", "1000"]
            } _: { bundle in
                for folder in ["/self", "/self/attr", "/self/attr/apparmor", "/thread-self", "/thread-self/attr"] {
                    try Files.makeFolder(bundle.rootfs + "/proc" + folder)
                }
                for file in ["/self/attr/exec", "/self/attr/apparmor/exec", "/thread-self/attr/exec"] {
                    try Files.write(bundle.rootfs + "/proc" + file, "")
                }
                try bundle.launch()
                #expect(Files.value("/proc/\(bundle.pid)/attr/current") == "\(name) (enforce)")
            }
        }
    }

    @Test("apparmorProfile: one that is not loaded is an error with its place; an empty one is ignored")
    func wrongProfile() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("no such file or directory", at: "/process/apparmorProfile") {
                $0["process"]["apparmorProfile"] = "apus-nothing"
            }
        }
        if Difference.applies("profile-empty") { return }
        let output = try Bundle.output(of: "cat /proc/self/attr/current") { $0["process"]["apparmorProfile"] = "" }
        #expect(output.trimmed == "unconfined")
    }

    @Test(
        "selinuxLabel and mountLabel without SELinux are an error in the words that callers know",
        .unless("selinux-unchecked"))
    func noSELinux() throws {
        let label: JSON = "system_u:system_r:container_t:s0:c1,c2"
        try Bundle.with { bundle in
            let words = "selinux label is specified in config, but selinux is disabled or not supported"
            try bundle.expectRefusal(words, at: "/process/selinuxLabel") { $0["process"]["selinuxLabel"] = label }
            try bundle.expectRefusal(words, at: "/linux/mountLabel", unless: "mount-label-unchecked") {
                $0["linux"]["mountLabel"] = label
            }
        }
        let output = try Bundle.output(of: "echo done") {
            $0["process"]["selinuxLabel"] = ""
            $0["linux"]["mountLabel"] = ""
        }
        #expect(output == "done\n")
    }

    @Test("exec --apparmor: the program is confined by it, others are not")
    func execProfile() throws {
        try withProfile { name in
            try Bundle.running { bundle in
                let script = "cat /proc/self/attr/current; cat /etc/hosts || echo denied"
                let output = try bundle.output(ofExec: script, "--apparmor", name)
                #expect(output.lines.first == "\(name) (enforce)" && output.lines.last == "denied", "\(output)")
                let plain = try bundle.output(ofExec: script)
                #expect(!plain.contains("denied"), "\(plain)")
            }
        }
    }

    @Test(
        "exec --process-label without SELinux is an error in the words that callers know",
        .unless("selinux-unchecked"))
    func execLabel() throws {
        try Bundle.running { bundle in
            let outcome = try bundle.call(
                "exec", "--process-label", "system_u:system_r:container_t:s0", bundle.id, "true")
            #expect(outcome.exit == 255)
            #expect(outcome.diagnostics.contains("selinux"), "\(outcome.said)")
        }
    }

    @Test("intelRdt without resctrl is an error in the words that callers know")
    func noResourceControl() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(
                "intelRdt is specified in config, but Intel RDT is not enabled", at: "/linux/intelRdt",
                unless: "intel-rdt"
            ) { $0["linux"]["intelRdt"] = ["closID": "guaranteed", "memBwSchema": "MB:0=70"] }
        }
    }
}
