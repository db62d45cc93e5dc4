import Glibc
import Testing

/// Mounts that other runtimes accept, and the messages for impossible ones.
@Suite("Odd mounts", .inMachine)
struct OddMountTests {
    @Test("an empty option means nothing")
    func emptyOption() throws {
        let table = try MountTests.table { $0.mount("/x", ["nosuid", ""]) }
        #expect(table["/x"]?.has("nosuid") == true)
    }

    @Test("the relative layers of an overlay do not start in a directory that the image chose")
    func relativeLayers() throws {
        try Bundle.with({ $0.shell("cat /data/file") }) { bundle in
            try Files.makeFolder(bundle.rootfs + "/trap")
            for layer in ["low", "high"] { try Files.makeFolder("\(bundle.rootfs)/trap/\(layer)") }
            try Files.write(bundle.rootfs + "/trap/low/file", "of the image\n")
            symlink("trap", bundle.rootfs + "/data")
            try bundle.edit { $0.mount("/data", ["lowerdir=high:low"], type: "overlay", source: "overlay") }
            let outcome = try bundle.run()
            #expect(outcome.exit != 0 && !outcome.output.contains("of the image"), "\(outcome.said)")
        }
    }

    @Test("options of more than a page reach the filesystem whole", .oursOnly)
    func manyOptions() throws {
        let words = Array(repeating: "size=64k", count: 600) + ["size=32k"]
        let table = try MountTests.table { $0.mount("/x", words) }
        #expect(table["/x"]?.superOptions.contains("size=32k") == true)
    }

    @Test("a mount without a source is one of \"none\": mountinfo has a word in each column", .unless("empty-source"))
    func emptySource() throws {
        let table = try MountTests.table { $0.mount("/x", ["size=64k"], source: "") }
        #expect(table["/x"]?.source == "none")
    }

    @Test("a user without gid has group 0, an I/O priority without a level has 0")
    func absentNumbers() throws {
        let output = try Bundle.output(of: "id -u; id -g") {
            $0["process"]["user"] = ["uid": 5]
            $0["process"]["ioPriority"] = ["class": "IOPRIO_CLASS_BE"]
        }
        #expect(output == "5\n0\n")
    }

    @Test(
        "without a mount namespace mounts are made on the host below the rootfs, as other runtimes do",
        .unless("shared-mounts"))
    func sharedMounts() throws {
        try Bundle.with { bundle in
            let sealed = bundle.rootfs + "/sealed"
            defer { for place in ["/proc", "/tmp/x", "/sealed"] { umount2(bundle.rootfs + place, 2) } }
            try bundle.edit { config in
                config.share("mount")
                for key in ["maskedPaths", "readonlyPaths"] { config["linux"][key] = .null }
                config["mounts"] = []
                config.mount("/proc", [], type: "proc", source: "proc")
                config.mount("/tmp/x", ["size=64k"])
                config.mount("/sealed", ["ro"])
                config.shell(
                    "cat /proc/1/comm; touch /tmp/x/file && echo made; touch /sealed/file 2>/dev/null || echo refused")
            }
            let outcome = try bundle.run()
            #expect(outcome.output == "sh\nmade\nrefused\n", "\(outcome.said)")
            #expect(MountTable.here.contains { $0.destination == sealed && $0.type == "tmpfs" })
            #expect(Files.exists(bundle.rootfs + "/tmp/x/file"))
        }
    }

    @Test(
        "rootfsPropagation slave: the root of a shared host is a slave, and receives the host's mounts",
        .unless("slave-root"))
    func slave() throws {
        let table = try MountTests.table { $0["linux"]["rootfsPropagation"] = "slave" }
        let tags = table["/"]?.propagation ?? []
        #expect(tags.contains { $0.hasPrefix("master:") } && tags.count == 1, "\(tags)")
    }

    @Test(
        "a bind in a user namespace with a word that only clears does not keep nosymfollow",
        .unless("quiet-mount-words"))
    func symfollow() throws {
        try BindTests.withMounts(MS_NODEV | 256) {
            $0.mapUsers()
            $0.shell("cat /proc/self/mountinfo")
        } _: { bundle, source in
            try Files.makeFolder(bundle.rootfs + "/x")
            try bundle.edit { $0.bind(source, on: "/x", ["rbind", "exec"]) }
            let outcome = try bundle.run()
            let entry = MountTable(outcome.output)["/x"]
            #expect(entry?.has("nodev") == true && entry?.has("nosymfollow") == false, "\(outcome.said)")
        }
    }

    @Test("a tmpfs without a mode is 1777 at the first run and at the second", .unless("tmpfs-mode"))
    func tmpfsMode() throws {
        try Bundle.with {
            $0.shell("stat -c %a /new/deep")
            $0.mount("/new/deep")
        } _: { bundle in
            for _ in 0..<2 {
                let outcome = try bundle.run()
                #expect(outcome.output == "1777\n", "\(outcome.said)")
            }
            #expect(Files.status(bundle.rootfs + "/new")?.st_mode == S_IFDIR | 0o755)
        }
    }

    @Test(
        "a bind source that an earlier mount of the container provides, in a user namespace",
        .unless("source-through-mount"))
    func sourceThroughMount() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.shell("cat /there/inner")
        } _: { bundle in
            let source = bundle.folder + "/source"
            for folder in ["", "/deep"] { try Files.makeFolder(source + folder) }
            try Files.write(source + "/deep/inner", "inner\n")
            for place in ["/through", "/there"] { try Files.makeFolder(bundle.rootfs + place) }
            try bundle.edit {
                $0.bind(source, on: "/through", ["bind"])
                $0.bind(bundle.rootfs + "/through/deep", on: "/there", ["bind"])
            }
            let outcome = try bundle.run()
            #expect(outcome.output == "inner\n", "\(outcome.said)")
        }
    }

    @Test("the rootfs's path on the host is removed from a destination", .unless("destination-prefix"))
    func prefix() throws {
        try Bundle.with { bundle in
            try bundle.edit {
                $0.mount(bundle.rootfs + "/inside", ["size=64k"])
                $0.args = ["/bin/cat", "/proc/self/mountinfo"]
            }
            let outcome = try bundle.run()
            #expect(MountTable(outcome.output)["/inside"]?.type == "tmpfs", "\(outcome.said)")
        }
    }

    @Test(
        "a file on a folder, and a folder on a file: the message says which is which, in the words that callers look for",
        .unless("which-is-which"))
    func kinds() throws {
        try Bundle.with { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "")
            #expect(mkfifo(source + "/fifo", 0o644) == 0)
            let terminal = try TestTerminal()
            let peer = Files.link("/proc/self/fd/\(terminal.peer)") ?? ""
            for (file, words) in [
                (source + "/file", "a regular file"), (source + "/fifo", "a FIFO"), ("/dev/null", "a character device"),
                (peer, "a character device"),
            ] {
                for hasUserNamespace in [false, true] {
                    try bundle.expectRefusal(
                        "mount \(file) (\(words)) on /etc (a directory): not a directory", at: "/mounts/7"
                    ) {
                        if hasUserNamespace { $0.mapUsers() }
                        $0.bind(file, on: "/etc", ["bind"])
                    }
                }
            }
            try bundle.expectRefusal(
                "(a directory) on /etc/passwd (a regular file): not a directory", at: "/mounts/7"
            ) { $0.bind(source, on: "/etc/passwd", ["bind"]) }
            try bundle.expectRefusal("/etc/passwd is a regular file", at: "/mounts/7") {
                $0.bind(source, on: "/etc/passwd/below", ["bind"])
            }
            try bundle.expectRefusal("make the mountpoint /dev/pts/x", at: "/mounts/7") {
                $0.bind(source + "/file", on: "/dev/pts/x", ["bind"])
            }
        }
    }

    @Test(
        "options in one word, type bind without the option, a place below a read-only mount: the message says what to do",
        .oursOnly)
    func hints() throws {
        try Bundle.with { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try bundle.expectRefusal(
                "mount tmpfs on /x with the options \"size=1m,ro,nosuid\": invalid argument", at: "/mounts/7"
            ) {
                $0.mount("/x", ["size=1m,ro,nosuid"])
            }
            try bundle.expectRefusal("is one word: write \"size=1m\", \"ro\", \"nosuid\"", at: "/mounts/7") {
                $0.mount("/x", ["size=1m,ro,nosuid"])
            }
            try bundle.expectRefusal("add options: [\"rbind\"]", at: "/mounts/7") {
                $0.mount("/x", [], type: "bind", source: source)
            }
            for isBind in [true, false] {
                try bundle.expectRefusal(
                    "make the mountpoint /sealed/new/deep: read-only file system (config.json /mounts/8); hint: /sealed, which covers it, is read-only",
                    at: "/mounts/8"
                ) {
                    $0.bind(source, on: "/sealed", ["bind", "ro"])
                    if isBind {
                        $0.bind("/dev/null", on: "/sealed/new/deep", ["bind"])
                    } else {
                        $0.mount("/sealed/new/deep")
                    }
                }
            }
        }
    }

    @Test(
        "src-nofollow mounts a link itself, dest-nofollow covers one, copy-symlink makes it again", .unless("links"),
        arguments: [false, true])
    func links(hasUserNamespace: Bool) throws {
        try Bundle.with {
            if hasUserNamespace { $0.mapUsers() }
            $0.shell(
                "for f in /mounted /made/copied /again; do readlink $f; done; cat /covered; readlink /plain || cat /plain"
            )
        } _: { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "file\n")
            symlink("file", source + "/link")
            symlink("nowhere", bundle.rootfs + "/covered")
            symlink("file", bundle.rootfs + "/again")
            for name in ["/mounted", "/plain"] { try Files.write(bundle.rootfs + name, "") }
            try Files.makeFolder(bundle.rootfs + "/made")
            chown(bundle.rootfs + "/made", 100000, 100000)
            try bundle.edit {
                $0.bind(source + "/link", on: "/mounted", ["bind", "src-nofollow"])
                $0.bind(source + "/file", on: "/covered", ["bind", "dest-nofollow"])
                $0.bind(source + "/link", on: "/made/copied", ["bind", "copy-symlink"])
                $0.bind(source + "/link", on: "/again", ["bind", "copy-symlink"])
                $0.bind(source + "/link", on: "/plain", ["bind"])
            }
            let outcome = try bundle.run()
            #expect(outcome.output.lines == ["file", "file", "file", "file", "file"], "\(outcome.said)")
            #expect(Files.link(bundle.rootfs + "/covered") == "nowhere")
            try bundle.expectRefusal("copy the link", at: "/mounts/12") {
                $0.bind(source + "/link", on: "/etc/passwd", ["bind", "copy-symlink"])
            }
        }
    }

    @Test("a device that the host lacks is made in a user namespace, with its owner", .unless("devices-host-lacks"))
    func deviceHostLacks() throws {
        let output = try Bundle.output(of: "stat -c '%F %t:%T %a %u:%g' /dev/own; head -c 2 /dev/own | wc -c") {
            $0.mapUsers()
            $0["linux"]["devices"] = [
                ["path": "/dev/own", "type": "c", "major": 1, "minor": 5, "fileMode": 420, "uid": 7, "gid": 8]
            ]
            $0["linux"]["resources"]["devices"] = [["allow": true, "access": "rwm"]]
        }
        #expect(output == "character special file 1:5 644 7:8\n2\n", "\(output)")
    }

    @Test("a user namespace without mappings has only root", .unless("maps-by-default"))
    func defaultMappings() throws {
        let output = try Bundle.output(of: "cat /proc/self/uid_map /proc/self/gid_map; id -u") {
            $0["linux"]["namespaces"].append(["type": "user"])
        }
        #expect(output.words == ["0", "0", "1", "0", "0", "1", "0"], "\(output)")
    }
}
