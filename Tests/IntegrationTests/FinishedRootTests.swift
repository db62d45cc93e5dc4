import Glibc
import TestSupport
import Testing

/// The root once everything is mounted: read-only, masked, and how mounts cross to the host and back
/// (WhatMountsMean, "Read-only paths", "Masked paths", "Root propagation").
@Suite("The finished root", .inMachine)
struct FinishedRootTests {
    @Test("in a read-only root nothing can be written, in its mounts it can")
    func readOnlyRoot() throws {
        try Bundle.with {
            $0["root"]["readonly"] = true
            $0.mount("/tmp")
            $0.shell(
                "touch /x; touch /etc/x; touch /tmp/x && echo tmp; touch /dev/shm/x && echo shm; cat /proc/self/mountinfo"
            )
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.output.hasPrefix("tmp\nshm\n"))
            #expect(
                outcome.diagnostics.lines.filter { $0.contains("Read-only file system") }.count == 2, "\(outcome.said)")
            #expect(MountTable(outcome.output)["/"]?.has("ro") == true)
            #expect(!Files.exists(bundle.rootfs + "/x"))
        }
    }

    @Test("masked paths: files read as empty, folders are empty and read-only; missing paths are ignored")
    func masked() throws {
        let script = """
            cat /secret /proc/timer_list | wc -c; ls -A /hidden | wc -l; touch /hidden/x 2>/dev/null || echo refused; \
            cat /link | wc -c; stat -c '%F %t:%T' /secret
            """
        let output = try Bundle.output(of: script) {
            $0.allCapabilities()
            $0["linux"]["maskedPaths"] = [
                "/secret", "/hidden", "/proc/timer_list", "/nowhere/at/all", "/proc/nowhere", "/link",
            ]
        } prepare: {
            try Files.write($0.rootfs + "/secret", "secret\n")
            try Files.makeFolder($0.rootfs + "/hidden")
            try Files.write($0.rootfs + "/hidden/file", "secret\n")
            try Files.write($0.rootfs + "/target", "secret\n")
            symlink("target", $0.rootfs + "/link")
        }
        #expect(output.lines.map(\.trimmed) == ["0", "0", "refused", "0", "character special file 1:3"], "\(output)")
    }

    @Test("masked paths: all folders share one tmpfs, and a path that is listed twice is masked once")
    func maskedOnce() throws {
        let output = try Bundle.output(of: "stat -c %d /one /two /three; cat /proc/self/mountinfo") {
            $0["linux"]["maskedPaths"] = ["/one", "/two", "/three", "/one", "/./two/", "/file", "/file"]
        } prepare: {
            for name in ["/one", "/two", "/three"] { try Files.makeFolder($0.rootfs + name) }
            try Files.write($0.rootfs + "/file", "secret\n")
        }
        let places = MountTable(output).entries.map(\.destination)
        if Difference.applies("masks-apart") { return }
        #expect(Set(output.lines.prefix(3)).count == 1, "\(output)")
        for place in ["/one", "/two", "/three", "/file"] {
            #expect(places.filter { $0 == place }.count == 1, "\(place)")
        }
        #expect(MountTable(output)["/one"]?.has("ro") == true)
    }

    @Test("read-only paths cannot be written, with their other flags kept; missing paths are ignored")
    func readOnlyPaths() throws {
        let output = try Bundle.output(
            of:
                "touch /fixed/x 2>/dev/null || echo refused; echo 1 2>/dev/null > /proc/sys/kernel/panic || echo refused; cat /proc/self/mountinfo"
        ) {
            $0.allCapabilities()
            $0.mount("/fixed", ["nosuid", "nodev", "noexec"])
            $0["linux"]["readonlyPaths"] = ["/fixed", "/proc/sys", "/nowhere/at/all"]
        }
        #expect(output.lines.prefix(2) == ["refused", "refused"])
        let entry = MountTable(output)["/fixed"]
        for word in ["ro", "nosuid", "nodev", "noexec"] where word == "ro" || !Difference.applies("readonly-flags") {
            #expect(entry?.has(word) == true, "\(word)")
        }
        #expect(MountTable(output)["/proc/sys"]?.has("ro") == true)
    }

    @Test(
        "the propagation of the root",
        arguments: [
            ("private", ""), ("rprivate", ""), ("shared", "shared:"), ("rshared", "shared:"),
            ("unbindable", "unbindable"),
            ("slave", "any"), ("rslave", "any"),
        ])
    func rootPropagation(word: String, expected: String) throws {
        if ["shared:", "unbindable"].contains(expected), Difference.applies("root-propagation") { return }
        let table = try MountTests.table { $0["linux"]["rootfsPropagation"] = .string(word) }
        let tags = table["/"]?.propagation ?? ["none"]
        switch expected {
        case "": #expect(tags == [])
        case "any": #expect(!tags.contains { $0.hasPrefix("shared:") }, "\(tags)")
        default: #expect(tags.contains { $0.hasPrefix(expected) }, "\(tags)")
        }
    }

    @Test("the host sees no mount of the container; with slave, the container sees later mounts of the host")
    func slave() throws {
        try Bundle.with {
            $0["linux"]["rootfsPropagation"] = "rslave"
            $0.allCapabilities()
            $0.shell(
                "mount -t tmpfs inside /tmp && echo mounted; while ! [ -e /shared/sub/seen ]; do sleep 0.05; done; echo seen"
            )
        } _: { bundle in
            let source = bundle.folder + "/source"
            for folder in ["", "/sub"] { try Files.makeFolder(source + folder) }
            #expect(mount(source, source, nil, UInt(MS_BIND), nil) == 0)
            #expect(mount(nil, source, nil, UInt(MS_SHARED), nil) == 0)
            defer {
                umount2(source + "/sub", 2)
                umount2(source, 2)
            }
            try bundle.edit { $0.bind(source, on: "/shared", ["rbind", "rslave"]) }
            let running = try bundle.begin("run", "--bundle", bundle.folder, bundle.id)
            #expect(eventually { running.output == "mounted\n" }, "\(running.diagnostics)")
            #expect(!MountTable.here.contains { $0.source == "inside" })
            #expect(mount("tmpfs", source + "/sub", "tmpfs", 0, nil) == 0)
            try Files.write(source + "/sub/seen", "")
            let outcome = running.outcome(within: 60)
            #expect(outcome.output == "mounted\nseen\n", "\(outcome.said)")
        }
    }
}
