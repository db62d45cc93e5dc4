import Glibc
import Testing

/// Options of a filesystem hold for all who have it mounted. No container may change those of the host's filesystems.
@Suite("The host's filesystems", .inMachine, .serialized)
struct HostFilesystemTests {
    /// Runs `body` with a tmpfs of the host, and expects that it is still writable afterwards.
    private func withFilesystem(
        _ edit: (inout JSON, String) throws -> Void, _ body: (Bundle) throws -> Void
    ) throws {
        try Bundle.with { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            #expect(mount("tmpfs", source, "tmpfs", 0, "size=1m") == 0)
            defer { umount2(source, 2) }
            let before = MountTable.here.first { $0.destination == source }?.superOptions
            try bundle.edit { try edit(&$0, source) }
            try body(bundle)
            #expect(MountTable.here.first { $0.destination == source }?.superOptions == before)
            try Files.write(source + "/after", "")
            #expect(Files.exists(source + "/after"), "the host cannot write there any more")
        }
    }

    @Test(
        "remount of a bind: read-only in the container alone, also through a link of the image",

        arguments: ["/bound", "/link"])
    func remount(destination: String) throws {
        try withFilesystem { config, source in
            config.bind(source, on: "/bound", ["bind"])
            config.mount(destination, ["remount", "ro", "nosuid"])
            config.shell("touch /bound/file 2>/dev/null || echo refused; cat /proc/self/mountinfo")
        } _: { bundle in
            symlink("bound", bundle.rootfs + "/link")
            let outcome = try bundle.run()
            #expect(outcome.output.lines.first == "refused", "\(outcome.said)")
            let entry = MountTable(outcome.output)["/bound"]
            #expect(entry?.has("ro") == true && entry?.has("nosuid") == true)
        }
    }

    @Test("remount of a bind with options of its filesystem is refused", .unless("remount-with-data"))
    func remountWithData() throws {
        try withFilesystem { config, source in
            config.bind(source, on: "/bound", ["bind"])
        } _: { bundle in
            for word in ["size=2m", "sync"] {
                try bundle.edit {
                    $0.unmount("/bound/.")
                    $0.mount("/bound/.", ["remount", word])
                }
                expectFailure(
                    try bundle.create(), "its filesystem is not one that an earlier mount has made", at: "/mounts/8")
            }
        }
    }

    @Test("remount of a tmpfs that the same config.json made changes its size")
    func remountOwn() throws {
        let output = try Bundle.output(of: "cat /proc/self/mountinfo") {
            $0.mount("/own", ["size=64k"])
            $0.mount("/own", ["remount", "nosuid", "size=128k"])
        }
        let entry = MountTable(output)["/own"]
        #expect(entry?.superOptions.contains("size=128k") == true && entry?.has("nosuid") == true, "\(output)")
    }

    /// The options of the host's cgroup2.
    private var cgroupOptions: [String] {
        MountTable.here.first { $0.destination == "/sys/fs/cgroup" }?.superOptions ?? []
    }

    @Test(
        "cgroup2 in the host's cgroup namespace: the host's nsdelegate and memory_recursiveprot stay",
        .unless("cgroup-options"),
        arguments: [[], ["nsdelegate", "memory_recursiveprot"], ["nsdelegate"]], ["cgroup", "cgroup2"])
    func cgroupOptions(words: [String], type: String) throws {
        let place = "/sys/fs/cgroup"
        #expect(mount(nil, place, nil, UInt(MS_REMOUNT), "nsdelegate,memory_recursiveprot") == 0)
        let before = cgroupOptions
        #expect(before.contains("nsdelegate") && before.contains("memory_recursiveprot"), "\(before)")
        let output = try Bundle.output(
            of: "cat /proc/self/mountinfo; ls -d /sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup)"
        ) {
            $0.share("cgroup")
            $0.unmount(place)
            $0.mount(place, ["nosuid", "noexec", "nodev", "rw"] + words, type: type, source: "cgroup")
        }
        #expect(cgroupOptions == before)
        let entry = MountTable(output)[place]
        #expect(entry?.type == "cgroup2" && entry?.root == "/" && entry?.has("rw") == true, "\(output)")
        for word in ["nosuid", "noexec", "nodev"] { #expect(entry?.has(word) == true, "\(word)") }
        #expect(output.lines.last?.hasPrefix("/sys/fs/cgroup/t") == true, "\(output)")
    }

    @Test(
        "cgroup2 in a joined cgroup namespace that is the host's: its options stay",
        .unless("cgroup-options"))
    func joinedCgroupNamespace() throws {
        #expect(mount(nil, "/sys/fs/cgroup", nil, UInt(MS_REMOUNT), "nsdelegate,memory_recursiveprot") == 0)
        let before = cgroupOptions
        _ = try Bundle.output(of: "true") { $0.join("cgroup", at: "/proc/self/ns/cgroup") }
        #expect(cgroupOptions == before)
    }

    @Test(
        "after a container in the host's cgroup namespace, another cannot raise its own limit",
        .unless("cgroup-options"))
    func limits() throws {
        let place = "/sys/fs/cgroup"
        #expect(mount(nil, place, nil, UInt(MS_REMOUNT), "nsdelegate,memory_recursiveprot") == 0)
        _ = try Bundle.output(of: "true") { $0.share("cgroup") }
        let output = try Bundle.output(of: "echo max > \(place)/memory.max; cat \(place)/memory.max") {
            $0["linux"]["resources"]["memory"]["limit"] = 67_108_864
            CgroupMountTests.remount(&$0, ["rw"])
        }
        #expect(output == "67108864\n")
    }

    @Test("debugfs: read-only in the container is not read-only on the host", .unless("one-for-all"))
    func debugfs() throws {
        let place = "/sys/kernel/debug"
        let isMounted = MountTable.here.contains { $0.destination == place }
        if !isMounted { #expect(mount("debugfs", place, "debugfs", 0, nil) == 0) }
        defer {
            mount(nil, place, nil, UInt(MS_REMOUNT), nil)
            if !isMounted { umount2(place, 0) }
        }
        let output = try Bundle.output(of: "cat /proc/self/mountinfo") {
            $0.mount("/debug", ["ro", "nosuid"], type: "debugfs", source: "debugfs")
        }
        #expect(MountTable(output)["/debug"]?.has("ro") == true)
        let entry = MountTable.here.last { $0.destination == place }
        #expect(entry?.superOptions.contains("rw") == true, "\(entry?.line ?? "")")
    }
}
