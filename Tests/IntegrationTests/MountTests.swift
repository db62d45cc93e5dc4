import Glibc
import Testing

/// Mounts, read back from /proc/self/mountinfo inside the container (WhatMountsMean).
@Suite("Mounts", .inMachine)
struct MountTests {
    /// The container's mounts.
    static func table(
        _ edit: (inout JSON) throws -> Void, prepare: (Bundle) throws -> Void = { _ in },
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws -> MountTable {
        let edited: (inout JSON) throws -> Void = {
            $0.args = ["/bin/cat", "/proc/self/mountinfo"]
            try edit(&$0)
        }
        return MountTable(try Bundle.output(of: "", edited, prepare: prepare, sourceLocation: sourceLocation))
    }

    /// Words of a tmpfs mount, and what mountinfo must show: `+x` is present, `-x` is not.
    static let words: [([String], String)] = [
        ([], "-ro -nosuid -nodev -noexec -noatime -nodiratime +relatime"),
        (["ro"], "+ro"), (["rw"], "-ro"), (["ro", "rw"], "-ro"), (["rw", "ro"], "+ro"),
        (["nosuid"], "+nosuid"), (["nosuid", "suid"], "-nosuid"), (["suid", "nosuid"], "+nosuid"),
        (["nodev"], "+nodev"), (["nodev", "dev"], "-nodev"), (["noexec"], "+noexec"), (["noexec", "exec"], "-noexec"),
        (["noatime"], "+noatime -relatime"), (["noatime", "atime"], "-noatime +relatime"),
        (["nodiratime"], "+nodiratime"), (["nodiratime", "diratime"], "-nodiratime"), (["relatime"], "+relatime"),
        (["strictatime"], "-noatime -relatime"), (["sync"], "+sync"), (["sync", "async"], "-sync"),
        (["dirsync"], "+dirsync"), (["mode=711", "size=64k"], "+mode=711 +size=64k"),
        (["uid=5", "gid=6", "nr_inodes=100"], "+uid=5 +gid=6 +nr_inodes=100"),
        (["nosuid", "nodev", "noexec", "ro", "size=1m"], "+nosuid +nodev +noexec +ro +size=1024k"),
    ]

    @Test("each option word of a new filesystem means what mount(8) says")
    func optionWords() throws {
        // lists in which a word undoes another one
        let undoing = [
            "ro rw", "nosuid suid", "nodev dev", "noexec exec", "noatime atime", "nodiratime diratime", "sync async",
        ]
        let words = Self.words.filter {
            !Difference.applies("mount-words-undone") || !undoing.contains($0.0.joined(separator: " "))
        }
        let table = try Self.table {
            for (index, (words, _)) in words.enumerated() { $0.mount("/mnt/\(index)", words) }
        }
        for (index, (words, expected)) in words.enumerated() {
            let entry = try #require(table["/mnt/\(index)"], "\(words)")
            #expect(entry.type == "tmpfs")
            let options = entry.options + entry.superOptions.filter { $0 != "ro" && $0 != "rw" }
            for word in expected.words {
                #expect(
                    options.contains(String(word.dropFirst())) == word.hasPrefix("+"),
                    "\(words): \(word): \(entry.line)")
            }
        }
    }

    @Test("words that change no visible flag are accepted too", .unless("quiet-mount-words"))
    func quietWords() throws {
        let words =
            ["silent", "loud", "mand", "nomand", "iversion", "noiversion", "lazytime", "nolazytime"]
            + ["norelatime", "nostrictatime", "defaults"]
        let table = try Self.table { config in
            for word in words { config.mount("/mnt/\(word)", [word]) }
            config.mount("/mnt/nosymfollow", ["nosymfollow"])
            config.mount("/mnt/symfollow", ["nosymfollow", "symfollow"])
        }
        for word in words { #expect(table["/mnt/\(word)"] != nil, "\(word)") }
        #expect(table["/mnt/nosymfollow"]?.has("nosymfollow") == true)
        #expect(table["/mnt/symfollow"]?.has("nosymfollow") == false)
    }

    @Test("propagation words are applied after the mount, in their order", .unless("propagation-words"))
    func propagation() throws {
        let words: [([String], String)] = [
            (["private"], ""), (["rprivate"], ""), (["shared"], "shared:"), (["rshared"], "shared:"),
            (["unbindable"], "unbindable"), (["runbindable"], "unbindable"), (["slave"], ""),
            (["shared", "slave", "shared"], "shared:"), (["rshared", "rprivate"], ""),
        ]
        let table = try Self.table { config in
            for (index, (words, _)) in words.enumerated() { config.mount("/mnt/\(index)", words) }
        }
        for (index, (words, expected)) in words.enumerated() {
            let tags = try #require(table["/mnt/\(index)"]?.propagation)
            #expect(expected.isEmpty ? tags.isEmpty : tags.contains { $0.hasPrefix(expected) }, "\(words): \(tags)")
        }
    }

    /// What binds show: a folder, a file, flags, and a tree with a mount below.
    @Test("binds: folders and files, with the flags of their words; missing mountpoints are made")
    func binds() throws {
        try Bundle.with { config in
            config.allCapabilities()
            config.args = ["/bin/cat", "/proc/self/mountinfo", "/file", "/link/file", "/etc/hostname"]
        } _: { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "of the file\n")
            symlink("source", bundle.folder + "/alias")
            // a link in the root filesystem is followed there, not on the host
            symlink("/var", bundle.rootfs + "/link")
            try bundle.edit {
                $0.bind(source, on: "/plain")
                $0.bind(source, on: "/made/deep/folder")
                $0.bind("source", on: "/relative")
                $0.bind(bundle.folder + "/alias", on: "/through")
                $0.bind(source + "/file", on: "/file")
                $0.bind(source + "/file", on: "/etc/hostname", ["bind", "ro"])
                $0.bind(source, on: "/link", ["bind"])
                $0.bind(source, on: "/ro", ["bind", "ro"])
                $0.bind(source, on: "/strict", ["rbind", "nosuid", "nodev", "noexec"])
                $0.bind(source, on: "/atime", ["rbind", "noatime"])
                $0.mount("/untyped", ["bind"], type: nil, source: source)
                $0.mount("/none", ["rbind"], type: "none", source: source)
                $0.bind(source, on: "/shared", ["rbind", "rshared"])
                $0.bind(source, on: "/private", ["rbind", "rprivate"])
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(outcome.output.hasSuffix("of the file\nof the file\nof the file\n"), "\(outcome.said)")
            let table = MountTable(outcome.output)
            for place in ["/plain", "/made/deep/folder", "/relative", "/through", "/var", "/untyped", "/none"] {
                let entry = try #require(table[place], "\(place)")
                #expect(entry.root.hasSuffix("/source"))
                #expect(entry.options.filter { ["ro", "nosuid", "nodev", "noexec"].contains($0) } == [], "\(place)")
            }
            #expect(table["/file"]?.root.hasSuffix("/source/file") == true)
            #expect(table["/etc/hostname"]?.has("ro") == true)
            #expect(table["/ro"]?.has("ro") == true)
            for word in ["nosuid", "nodev", "noexec"] { #expect(table["/strict"]?.has(word) == true, "\(word)") }
            #expect(table["/atime"]?.has("noatime") == true)
            let tags = table["/shared"]?.propagation ?? []
            #expect(tags.contains { $0.hasPrefix("shared:") } || Difference.applies("bind-propagation"), "\(tags)")
            #expect(table["/private"]?.propagation == [])
            let folderMode = Files.status(bundle.rootfs + "/made")?.st_mode ?? 0
            #expect(
                folderMode == S_IFDIR | 0o755 || Difference.applies("made-file-mode"), "\(String(folderMode, radix: 8))"
            )
            let mode = Files.status(bundle.rootfs + "/file")?.st_mode ?? 0
            #expect(mode == S_IFREG | 0o644 || Difference.applies("made-file-mode"), "\(String(mode, radix: 8))")
        }
    }

    @Test("bind takes one mount, rbind the tree; ro is for the top mount, rro and the like for all")
    func recursive() throws {
        var words = ["ro", "rro", "rnosuid", "rnodev", "rnoexec"]
        if !Difference.applies("recursive-atime") { words += ["rnoatime", "rnodiratime", "rstrictatime", "rrelatime"] }
        try Bundle.with({ $0.args = ["/bin/cat", "/proc/self/mountinfo"] }) { bundle in
            let source = bundle.folder + "/source"
            for folder in ["", "/below"] { try Files.makeFolder(source + folder) }
            #expect(mount("tmpfs", source + "/below", "tmpfs", 0, nil) == 0)
            defer { umount2(source + "/below", 0) }
            try bundle.edit {
                $0.bind(source, on: "/one", ["bind"])
                for word in words { $0.bind(source, on: "/" + word, ["rbind", word]) }
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            let table = MountTable(outcome.output)
            #expect(table["/one"] != nil && table["/one/below"] == nil)
            for word in words {
                let flag = word == "ro" ? "ro" : String(word.dropFirst())
                let top = try #require(table["/" + word], "\(word)"),
                    below = try #require(table["/\(word)/below"], "\(word)")
                if flag == "strictatime" {
                    for entry in [top, below] {
                        #expect(!entry.has("relatime") && !entry.has("noatime"), "\(entry.line)")
                    }
                } else {
                    #expect(top.has(flag), "\(top.line)")
                    #expect(below.has(flag) == (word != "ro"), "\(below.line)")
                }
            }
        }
    }

    @Test("mounts are made in the order of the list: a later one covers an earlier one, and may be placed in it")
    func order() throws {
        let output = try Bundle.output(of: "ls /a /a/b; cat /a/b/name; grep -c ' /a ' /proc/self/mountinfo") {
            $0.mount("/a", ["size=64k"])
            $0.mount("/a", ["size=128k"])
            $0.mount("/a/b")
            $0.bind("source", on: "/a/b", ["bind"])
        } prepare: {
            try Files.makeFolder($0.folder + "/source")
            try Files.write($0.folder + "/source/name", "last\n")
        }
        #expect(output.lines == ["/a:", "b", "/a/b:", "name", "last", "2"], "\(output)")
    }

    @Test("a tmpfs takes its mode from the folder it covers, and the word mode wins")
    func tmpfsMode() throws {
        let output = try Bundle.output(of: "stat -c %a /kept /sticky /given") {
            $0.mount("/kept")
            $0.mount("/sticky")
            $0.mount("/given", ["mode=0750"])
        } prepare: {
            try Files.makeFolder($0.rootfs + "/kept", mode: 0o711)
            try Files.makeFolder($0.rootfs + "/sticky", mode: 0o1777)
            try Files.makeFolder($0.rootfs + "/given", mode: 0o711)
        }
        #expect(output.words == ["711", "1777", "750"] || Difference.applies("tmpfs-mode"), "\(output)")
    }

    @Test("the standard mounts have their types and flags, and their roots keep their own modes")
    func standard() throws {
        let output = try Bundle.output(
            of: "cat /proc/self/mountinfo; stat -c '%n %a' /proc /sys /dev /dev/pts /dev/shm /dev/mqueue")
        let table = MountTable(output)
        let types = [
            "/proc": "proc", "/dev": "tmpfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs", "/dev/mqueue": "mqueue",
            "/sys": "sysfs", "/sys/fs/cgroup": "cgroup2",
        ]
        for (place, type) in types { #expect(table[place]?.type == type, "\(place)") }
        for word in ["ro", "nosuid", "nodev", "noexec"] {
            #expect(table["/sys"]?.has(word) == true)
            #expect(table["/sys/fs/cgroup"]?.has(word) == true)
        }
        #expect(table["/dev"]?.has("nosuid") == true && table["/dev"]?.has("relatime") == false)
        #expect(table["/dev/pts"]?.superOptions.contains("gid=5") == true)
        #expect(table["/sys/fs/cgroup"]?.root == "/")
        #expect(
            output.lines.suffix(6) == [
                "/proc 555", "/sys 555", "/dev 755", "/dev/pts 755", "/dev/shm 1777", "/dev/mqueue 1777",
            ])
        #expect(table.entries.allSatisfy { !$0.line.contains("/apus-tests-") || $0.destination == "/" }, "\(output)")
    }

    @Test("impossible mounts are refused with their place, and nothing is left")
    func wrong() throws {
        try Bundle.with { bundle in
            func refused(
                _ words: String = "", at end: String = "", unless difference: String? = nil, mount: JSON,
                line: SourceLocation = #_sourceLocation
            ) throws {
                try bundle.expectRefusal(words, at: "/mounts/7" + end, unless: difference, sourceLocation: line) {
                    $0["mounts"].append(mount)
                }
            }
            try refused(
                "no such file or directory", mount: ["destination": "/x", "source": "/nowhere", "options": ["bind"]])
            try refused("no such device", mount: ["destination": "/x", "type": "nofs", "source": "x"])
            try refused(
                "not a directory",
                mount: ["destination": "/etc/passwd", "source": .string(bundle.rootfs), "options": ["bind"]])
            try refused("not a directory", mount: ["destination": "/etc/passwd", "type": "tmpfs", "source": "x"])
            try refused(mount: ["destination": "/x", "type": "tmpfs", "source": "x", "options": ["nosuchword"]])
            try refused(
                "bind mounts cannot have any filesystem-specific options applied", unless: "bind-data",
                mount: ["destination": "/x", "source": .string(bundle.rootfs), "options": ["bind", "size=5k"]])
            try refused(unless: "mount-on-root", mount: ["destination": "/", "type": "tmpfs", "source": "x"])
            try refused(
                unless: "mount-over-proc",
                mount: ["destination": "/proc", "source": .string(bundle.rootfs), "options": ["bind"]])
            try refused(
                unless: "mount-over-proc",
                mount: ["destination": "/proc/sys", "source": .string(bundle.rootfs), "options": ["bind"]])
        }
    }

    @Test("lxcfs files and procfs itself may be mounted over /proc")
    func overProc() throws {
        let output = try Bundle.output(of: "cat /proc/uptime /proc/meminfo; grep -c ' /proc ' /proc/self/mountinfo") {
            $0.bind("fake", on: "/proc/uptime", ["bind"])
            $0.bind("fake", on: "/proc/meminfo", ["bind", "ro"])
        } prepare: {
            try Files.write($0.folder + "/fake", "fake\n")
        }
        #expect(output.lines == ["fake", "fake", "1"])
    }
}
