import Glibc
import Testing

/// The places that things are mounted on (WhatMountsMean, "Order and destination" and "Mount points").
@Suite("Mount points", .inMachine)
struct MountPointTests {
    @Test("destination: a relative one is taken from /, with a warning")
    func relativeDestination() throws {
        try Bundle.with {
            $0.shell("cat /proc/self/mountinfo")
            $0.mount("tmp/rel")
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(MountTable(outcome.output)["/tmp/rel"]?.type == "tmpfs", "\(outcome.said)")
            guard RuntimeUnderTest.isOurs else { return }
            let warning = LogLine.whole(outcome.log)
            #expect(warning?.level == "warning")
            #expect(warning?.message.contains("(config.json /mounts/7/destination)") == true, "\(outcome.log)")
        }
    }

    @Test(
        "destination: links are followed inside the root, also with .. and to a missing target",
        .unless("dangling-destinations"))
    func links() throws {
        try Bundle.with {
            $0.shell("cat /proc/self/mountinfo")
            for name in ["absolute", "relative", "up", "chain", "dangling"] { $0.mount("/link/\(name)") }
            $0.bind("file", on: "/link/file", ["bind"])
            $0.mount("/link/through/new")
        } _: { bundle in
            try Files.write(bundle.folder + "/file", "bound\n")
            for folder in ["/link", "/var/a", "/var/b", "/var/c", "/var/d"] {
                try Files.makeFolder(bundle.rootfs + folder)
            }
            let links = [
                "absolute": "/var/a", "relative": "../var/b", "up": "../../../../../../var/c", "chain": "first",
                "first": "/link/second", "second": "../var/d", "dangling": "/nowhere/yet", "file": "no/such/file",
                "through": "/var/e",
            ]
            for (name, target) in links { symlink(target, bundle.rootfs + "/link/" + name) }
            let outcome = try bundle.run()
            let table = MountTable(outcome.output)
            let places = [
                "/var/a", "/var/b", "/var/c", "/var/d", "/nowhere/yet", "/link/no/such/file", "/var/e/new",
            ]
            for place in places { #expect(table[place] != nil, "\(place): \(outcome.said)") }
            for (name, target) in links { #expect(Files.link(bundle.rootfs + "/link/" + name) == target) }
            #expect(!Files.exists("/nowhere/yet"), "made on the host")
        }
    }

    @Test("destination: the root itself, however it is written or linked, is refused", .unless("mount-on-root"))
    func root() throws {
        try Bundle.with { bundle in
            symlink("/", bundle.rootfs + "/self")
            symlink("..", bundle.rootfs + "/etc/up")
            for place in ["/", "//", "/.", "/..", "/etc/..", "."] {
                try bundle.expectRefusal(at: "/mounts/7/destination") {
                    $0.mount(place)
                }
            }
            for place in ["/self", "/etc/up", "/self/.."] {
                try bundle.expectRefusal(at: "/mounts/7") { $0.mount(place) }
                try bundle.expectRefusal(at: "/mounts/7") {
                    $0.bind("/tmp", on: place)
                }
            }
        }
    }

    @Test("destination: a NUL in any field is an error", .unless("nul-in-mounts"))
    func nul() throws {
        try Bundle.with { bundle in
            let nul = "x\u{0}y"
            func refused(_ end: String, _ edit: (inout JSON) -> Void, line: SourceLocation = #_sourceLocation) throws {
                try bundle.expectRefusal("NUL", at: "/mounts/7" + end, sourceLocation: line) { edit(&$0) }
            }
            try refused("/destination") { $0.mount("/" + nul) }
            try refused("/type") { $0.mount("/x", type: nul) }
            try refused("/source") { $0.mount("/x", source: nul) }
            try refused("/source") { $0.bind(nul, on: "/x") }
            try refused("/options/1") { $0.mount("/x", ["ro", nul]) }
        }
    }

    @Test(
        "mountpoint creation: folders are 0755, files for what is no folder 0644 and empty, whatever the caller's umask"
    )
    func created() throws {
        try Bundle.with { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "x")
            #expect(mkfifo(source + "/fifo", 0o600) == 0)
            #expect(mknod(source + "/socket", S_IFSOCK | 0o600, 0) == 0)
            try bundle.edit {
                $0.shell("stat -c '%n %F' /new/folder /new/file /new/fifo /new/socket")
                $0.bind(source, on: "/new/folder")
                for name in ["file", "fifo", "socket"] { $0.bind("\(source)/\(name)", on: "/new/\(name)") }
            }
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/new")
            let outcome = try Program.run(["/bin/sh", "-c", "umask 027; exec \"$@\"", "sh"] + words)
            #expect(
                outcome.output.lines == [
                    "/new/folder directory", "/new/file regular file", "/new/fifo fifo", "/new/socket socket",
                ], "\(outcome.said)")
            for (name, mode) in [("", S_IFDIR | 0o755), ("/folder", S_IFDIR | 0o755)] {
                let made = Files.status(bundle.rootfs + "/new" + name)?.st_mode ?? 0
                #expect(made == mode || Difference.applies("made-file-mode"), "\(name): \(String(made, radix: 8))")
            }
            for name in ["file", "fifo", "socket"] {
                let made = Files.status(bundle.rootfs + "/new/" + name)
                #expect(made?.st_size == 0 && (made?.st_mode ?? 0) & S_IFMT == S_IFREG)
                #expect(
                    made?.st_mode == S_IFREG | 0o644 || Difference.applies("made-file-mode"),
                    "\(name): \(String(made?.st_mode ?? 0, radix: 8))")
            }
        }
    }

    @Test("mountpoint creation: several containers may make the same ones at once")
    func concurrent() throws {
        try Bundle.with { bundle in
            try Files.write(bundle.folder + "/file", "")
            var running: [Program] = []
            for number in 0..<6 {
                let folder = "\(bundle.folder)/bundle\(number)"
                try Files.makeFolder(folder)
                var config = try JSON(try Files.text(bundle.folder + "/config.json"))
                config["root"]["path"] = .string(bundle.rootfs)
                config["linux"]["cgroupsPath"] = .string("/\(bundle.id)-\(number)")
                config.shell("cat /proc/self/mountinfo")
                for part in ["a", "a/b/c/d/e", "f/g", "h/i/j/k"] { config.mount("/made/\(part)") }
                config.bind(bundle.folder + "/file", on: "/made/files/are/made", ["bind"])
                try Files.write(folder + "/config.json", config.text)
                running.append(try bundle.begin("run", "--bundle", folder, "\(bundle.id)-\(number)"))
            }
            for one in running {
                let outcome = one.outcome()
                #expect(outcome.exit == 0, "\(outcome.said)")
                #expect(MountTable(outcome.output)["/made/files/are/made"] != nil)
            }
        }
    }

    @Test("order: a later mount may stand in an earlier one, and be hidden by a still later one")
    func order() throws {
        let table = try MountTests.table {
            $0.mount("/a")
            $0.mount("/a/b")
            $0.mount("/c/d")
            $0.mount("/c")
        }
        let places = table.entries.map(\.destination).filter { $0 == "/a" || $0.hasPrefix("/a/") || $0.hasPrefix("/c") }
        #expect(places == ["/a", "/a/b", "/c/d", "/c"])
    }
}
