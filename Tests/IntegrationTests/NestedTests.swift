import Glibc
import TestSupport
import Testing

/// The runtime, or a whole system, inside a container (WhatCallersRun, "Nested").
@Suite("Nested", .inMachine)
struct NestedTests {
    /// A container with every right, as `--privileged` makes it, that shows the host's programs.
    private static func privileged(_ config: inout JSON, cgroup options: [String] = []) {
        config.allCapabilities()
        config.bindPrograms()
        config["process"]["noNewPrivileges"] = false
        for key in ["maskedPaths", "readonlyPaths"] { config["linux"][key] = .null }
        config["linux"]["resources"]["devices"] = [["allow": true, "access": "rwm"]]
        for destination in ["/sys", "/sys/fs/cgroup"] { config.unmount(destination) }
        config.mount("/sys", ["nosuid", "noexec", "nodev"], type: "sysfs", source: "sysfs")
        config.mount("/sys/fs/cgroup", ["nosuid", "noexec", "nodev"] + options, type: "cgroup", source: "cgroup")
        config.mount("/run")
    }

    /// Puts a bundle into the root of the outer one, at /inner.
    private func inner(_ bundle: Bundle, _ edit: (inout JSON) -> Void) throws {
        for folder in ["", "/rootfs", "/rootfs/bin"] { try Files.makeFolder(bundle.rootfs + "/inner" + folder) }
        try Files.write(
            bundle.rootfs + "/inner/rootfs/bin/busybox", try Files.bytes(RootTree.busybox), mode: 0o755)
        for name in ["sh", "cat", "echo"] { symlink("busybox", bundle.rootfs + "/inner/rootfs/bin/" + name) }
        var config = try JSON.standard()
        edit(&config)
        try Files.write(bundle.rootfs + "/inner/config.json", config.text)
        try Files.write(bundle.rootfs + "/runtime", try Files.bytes(RuntimeUnderTest.path), mode: 0o755)
    }

    @Test("in a container with a cgroup of its own, a container gets its limits")
    func delegated() throws {
        try Bundle.with({ Self.privileged(&$0) }) { bundle in
            try bundle.linkLibraries()
            try inner(bundle) { config in
                config.shell("cat /proc/self/cgroup /sys/fs/cgroup/pids.max; echo $$")
                config["linux"]["cgroupsPath"] = "/inner"
                config["linux"]["resources"]["pids"] = ["limit": 33]
            }
            // A cgroup that has processes can have no children with limits.
            let script = """
                mkdir /sys/fs/cgroup/own && echo $$ > /sys/fs/cgroup/own/cgroup.procs
                /runtime --root /run/containers run --bundle /inner one && ls /run/containers /sys/fs/cgroup/inner
                """
            try bundle.edit { $0.shell(script) }
            let outcome = try bundle.run()
            #expect(outcome.output.lines.prefix(3) == ["0::/", "33", "1"], "\(outcome.said)")
            #expect(outcome.diagnostics.contains("No such file"), "a cgroup is left: \(outcome.said)")
        }
    }

    @Test("where no cgroup can be made, a container without limits runs in that of its caller", .oursOnly)
    func readOnly() throws {
        try Bundle.with({ Self.privileged(&$0, cgroup: ["ro"]) }) { bundle in
            try bundle.linkLibraries()
            try inner(bundle) { config in
                config.shell("echo inside")
                config["linux"]["resources"] = .null
            }
            try bundle.edit { $0.shell("/runtime --root /run/containers run --bundle /inner one") }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0 && outcome.output == "inside\n", "\(outcome.said)")
            try inner(bundle) { $0["linux"]["resources"]["pids"] = ["limit": 33] }
            let limited = try bundle.run()
            #expect(limited.exit == 1 && limited.said.contains("read-only file system"), "\(limited.said)")
        }
    }

    @Test("systemd is the program: it starts, a new process gets in, and nothing is left")
    func systemd() throws {
        try Bundle.with({ config in
            Self.privileged(&config)
            config.mount("/tmp")
            config.args = ["/usr/lib/systemd/systemd", "--unit=basic.target"]
            config["process"]["env"] = ["container=oci", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"]
            config["process"]["rlimits"] = .null
        }) { bundle in
            try bundle.linkLibraries()
            for folder in ["/etc/systemd/system", "/var/log", "/var/lib"] {
                _ = try Program.run(["mkdir", "-p", bundle.rootfs + folder])
            }
            try Files.write(bundle.rootfs + "/etc/machine-id", "")
            try bundle.launch()
            let isUp = eventually(within: 90) {
                (try? bundle.exec(["/usr/bin/systemctl", "is-active", "basic.target"]).output) == "active\n"
            }
            #expect(isUp, "\((try? bundle.exec(["/usr/bin/systemctl", "list-jobs"]).said) ?? "")")
            #expect(Files.value("/proc/\(bundle.pid)/cgroup")?.hasSuffix("/init.scope") == true)
            #expect(try bundle.exec(["/usr/bin/cat", "/proc/1/comm"]).output == "systemd\n")
            expectSuccess(try bundle.kill())
            #expect(eventually { bundle.status == "stopped" })
            expectSuccess(try bundle.delete())
            bundle.expectNothingLeft()
        }
    }
}
