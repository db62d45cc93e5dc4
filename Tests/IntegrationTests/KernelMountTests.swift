import Glibc
import Testing

/// Filesystems that the kernel itself fills (WhatMountsMean, "proc and sysfs", "tmpfs", "devpts", "mqueue").
@Suite("Mounts of the kernel's filesystems", .inMachine)
struct KernelMountTests {
    @Test("proc, sysfs: their place must be a folder, never a link, in no part of the path")
    func links() throws {
        try Bundle.with { bundle in
            for (place, type) in [("/proc", "proc"), ("/sys", "sysfs")] {
                try Files.makeFolder(bundle.rootfs + "/target")
                rmdir(bundle.rootfs + place)
                symlink("/target", bundle.rootfs + place)
                try bundle.expectRefusal() {
                    for other in ["/sys", "/sys/fs/cgroup", "/proc"] where other.hasPrefix(place) || place == "/proc" {
                        $0.unmount(other)
                    }
                    $0["linux"]["maskedPaths"] = .null
                    $0["linux"]["readonlyPaths"] = .null
                    $0.mount(place, type: type, source: type)
                }
                unlink(bundle.rootfs + place)
                try Files.makeFolder(bundle.rootfs + place)
            }
        }
    }

    /// Everything that lxcfs provides, and no other file.
    static let lxcfs = [
        "cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo", "sys/kernel/ns_last_pid",
        "sys/crypto/fips_enabled",
    ]

    @Test("proc: the files that lxcfs has may be covered, each of them")
    func lxcfs() throws {
        let names = Self.lxcfs.filter { Files.exists("/proc/" + $0) }
        #expect(names.count >= 8)
        try Bundle.with {
            $0["linux"]["readonlyPaths"] = .null
            $0.shell(names.map { "cat /proc/\($0)" }.joined(separator: "; "))
            for name in names where !(Difference.applies("lxcfs-list") && name.hasPrefix("sys/crypto")) {
                $0.bind("fake", on: "/proc/" + name, ["bind"])
            }
        } _: { bundle in
            try Files.write(bundle.folder + "/fake", "fake\n")
            let outcome = try bundle.run()
            if Difference.applies("lxcfs-list") { return }
            #expect(outcome.output.lines == names.map { _ in "fake" }, "\(outcome.said)")
        }
    }

    @Test(
        "proc: nothing else may be mounted below it, neither by its name nor through a link", .unless("mount-over-proc")
    )
    func belowProc() throws {
        try Bundle.with { bundle in
            try Files.write(bundle.folder + "/fake", "fake\n")
            symlink("/proc", bundle.rootfs + "/kernel")
            let names = ["version", "self/status", "1/attr/current", "sys/kernel/hostname", "net/dev", "cpuinfo/x"]
            for name in names {
                if name == "net/dev", Difference.applies("lxcfs-list") { continue }
                try bundle.expectRefusal(at: "/mounts/7") { $0.bind("fake", on: "/proc/" + name, ["bind"]) }
            }
            if !Difference.applies("tmpfs-below-proc") {
                try bundle.expectRefusal(at: "/mounts/7") { $0.mount("/proc/sys") }
                try bundle.expectRefusal(at: "/mounts/7") { $0.mount("/proc/../proc/./sys") }
            }
            try bundle.expectRefusal(at: "/mounts/7") {
                $0.bind("fake", on: "/kernel/version", ["bind"])
            }
            try bundle.expectRefusal(at: "/mounts/7") { $0.mount("/kernel") }
        }
    }

    @Test("proc: itself again, or a bind of a procfs, may cover it")
    func procAgain() throws {
        let output = try Bundle.output(of: "cat /proc/self/mountinfo") {
            $0.unmount("/proc")
            $0["mounts"] = .array([["destination": "/proc", "type": "proc", "source": "proc"]] + $0["mounts"].items)
            $0.bind("/proc", on: "/proc", ["rbind"])
        }
        #expect(MountTable(output).entries.filter { $0.destination == "/proc" }.map(\.type) == ["proc", "proc"])
    }

    @Test("proc, sysfs, mqueue: their roots keep their own modes, whatever the folders below have")
    func modes() throws {
        let output = try Bundle.output(of: "stat -c '%n %a' /proc /sys /queue") {
            $0.mount("/queue", ["nosuid"], type: "mqueue", source: "mqueue")
        } prepare: {
            for name in ["/proc", "/sys", "/queue"] { try Files.makeFolder($0.rootfs + name, mode: 0o700) }
        }
        #expect(
            output.lines == ["/proc 555", "/sys 555", "/queue 1777"], "\(output)")
    }

    @Test(
        "sysfs in a user namespace without a network namespace of its own: the host's, read-only", .unless("sysfs-bind")
    )
    func hostSysfs() throws {
        let output = try Bundle.output(
            of: "ls /sys/class/net | wc -l; echo 1 > /sys/x 2>/dev/null; cat /proc/self/mountinfo"
        ) {
            $0.mapUsers()
            $0.share("network")
            $0.unmount("/sys/fs/cgroup")
        }
        let entries = MountTable(output).entries.filter {
            $0.destination == "/sys" || $0.destination.hasPrefix("/sys/")
        }
        #expect(MountTable(output)["/sys"]?.type == "sysfs")
        #expect(entries.allSatisfy { $0.has("ro") || $0.destination == "/sys/firmware" }, "\(output)")
        #expect((Int(output.lines.first ?? "") ?? 0) > 0)
    }

    @Test("tmpfs: ro takes effect after everything in it has been made")
    func readOnlyTmpfs() throws {
        let output = try Bundle.output(
            of: "ls /ro /dev; touch /ro/x 2>/dev/null || echo no; touch /dev/x 2>/dev/null || echo no"
        ) {
            $0.mount("/ro", ["ro"])
            $0.mount("/ro/inside")
            $0["mounts"] = .array(
                $0["mounts"].items.map {
                    var mount = $0
                    if mount["destination"] == "/dev" { mount["options"] = ["nosuid", "mode=755", "ro"] }
                    return mount
                })
        }
        #expect(output.lines.suffix(2) == ["no", "no"], "\(output)")
        #expect(output.lines.contains("inside") && output.lines.contains("null") && output.lines.contains("ptmx"))
    }

    @Test(
        "devpts: always an instance of its own; gid is dropped if the user namespace does not map it",
        .unless("devpts-gid"))
    func devpts() throws {
        let output = try Bundle.output(of: "ls /dev/pts; cat /proc/self/mountinfo; stat -c %t:%T /dev/pts/ptmx") {
            $0.mapUsers(count: 4)
            $0["mounts"] = .array(
                $0["mounts"].items.map {
                    var mount = $0
                    if mount["destination"] == "/dev/pts" { mount["options"] = ["nosuid", "ptmxmode=0666", "gid=5"] }
                    return mount
                })
        }
        #expect(output.lines.first == "ptmx" && output.lines.last == "5:2", "\(output)")
        let entry = try #require(MountTable(output)["/dev/pts"])
        #expect(!entry.superOptions.contains { $0.hasPrefix("gid=") })
        #expect(!MountTable.here.contains { $0.line.contains("/dev/pts") && $0.id == entry.id })
    }

    @Test("remount changes an existing mount; other filesystems have their own words")
    func others() throws {
        let table = try MountTests.table {
            $0.mount("/again", ["size=64k"])
            $0.mount("/again", ["remount", "size=128k", "ro", "nosuid"])
            $0.mount("/queue", type: "mqueue", source: "mqueue")
            $0.mount("/debug", ["ro"], type: "ramfs", source: "ramfs")
        }
        #expect(table["/again"]?.superOptions.contains("size=128k") == true)
        #expect(table["/again"]?.has("nosuid") == true)
        #expect(table["/queue"]?.type == "mqueue" && table["/debug"]?.type == "ramfs")
    }
}
