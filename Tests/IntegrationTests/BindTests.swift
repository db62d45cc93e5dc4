import Glibc
import Testing

/// Binds, what they keep and what they change (WhatMountsMean, "Binds", "Propagation", "Recursive options").
@Suite("Binds", .inMachine)
struct BindTests {
    /// A tmpfs with `flags` on a folder of the host, and another below it.
    static func withMounts(
        _ flags: Int, data: String? = nil, _ edit: (inout JSON) throws -> Void = { _ in },
        _ body: (Bundle, String) throws -> Void
    ) throws {
        try Bundle.with(edit) { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            #expect(mount("tmpfs", source, "tmpfs", 0, data) == 0)
            defer { umount2(source, 2) }
            try Files.makeFolder(source + "/below")
            #expect(mount("tmpfs", source + "/below", "tmpfs", 0, nil) == 0)
            defer { umount2(source + "/below", 2) }
            for place in [source, source + "/below"] {
                try Files.write(place + "/file", "")
                #expect(mkfifo(place + "/fifo", 0o644) == 0)
                #expect(mknod(place + "/socket", S_IFSOCK | 0o644, 0) == 0)
                #expect(mount(nil, place, nil, UInt(MS_REMOUNT | MS_BIND | flags), nil) == 0)
            }
            try body(bundle, source)
        }
    }

    private static let MS_NOSYMFOLLOW = 256

    @Test("bind: known by its option and not by its type; a missing source, and data, are errors")
    func options() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("no such device", at: "/mounts/7") {
                $0.mount("/x", [], type: "bind", source: bundle.rootfs)
            }
            try bundle.expectRefusal("no such file or directory", at: "/mounts/7") { $0.bind("missing", on: "/x") }
            try bundle.expectRefusal(
                "bind mounts cannot have any filesystem-specific options applied", at: "/mounts/7/options",
                unless: "bind-data"
            ) {
                $0.bind(bundle.rootfs, on: "/x", ["rbind", "mode=700"])
            }
        }
    }

    @Test(
        "bind: without a flag in its options it keeps the flags of its source, with one it has those of its options",
        .unless("bind-flags"))
    func flags() throws {
        try Self.withMounts(MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY | MS_NOATIME) {
            $0.shell("cat /proc/self/mountinfo")
        } _: { bundle, source in
            try bundle.edit {
                $0.bind(source, on: "/kept", ["bind"])
                $0.bind(source, on: "/propagated", ["rbind", "rprivate"])
                $0.bind(source, on: "/rw", ["bind", "rw"])
                $0.bind(source, on: "/nodev", ["bind", "nodev"])
                $0.bind(source, on: "/suid", ["bind", "suid"])
                $0.bind(source, on: "/relatime", ["bind", "relatime"])
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            let table = MountTable(outcome.output)
            func flags(_ place: String) -> [String] {
                (table[place]?.options ?? []).filter { ["ro", "nosuid", "nodev", "noexec", "noatime"].contains($0) }
            }
            let all = ["ro", "nosuid", "nodev", "noexec", "noatime"]
            #expect(flags("/kept") == all)
            #expect(flags("/propagated") == all)
            #expect(flags("/rw") == ["noatime"])
            #expect(flags("/nodev") == ["nodev", "noatime"])
            #expect(flags("/suid") == ["noatime"])
            #expect(flags("/relatime") == [])
        }
    }

    @Test("bind: in a user namespace the flags of the source are locked: they stay, and removing one is an error")
    func locked() throws {
        try Self.withMounts(MS_NOSUID | MS_NODEV | MS_RDONLY | MS_NOATIME) {
            $0.mapUsers()
            $0.shell("cat /proc/self/mountinfo")
        } _: { bundle, source in
            for place in ["/x", "/kept", "/more"] { try Files.makeFolder(bundle.rootfs + place) }
            for word in ["rw", "suid", "dev", "strictatime"] where !Difference.applies("locked-flags") {
                try bundle.edit { $0.bind(source, on: "/x", ["rbind", word]) }
                expectFailure(try bundle.create(), "cannot clear locked flags", at: "/mounts/7")
                try bundle.edit { $0.unmount("/x") }
            }
            try bundle.edit {
                $0.bind(source, on: "/kept", ["rbind"])
                $0.bind(source, on: "/more", ["rbind", "noexec"])
            }
            if Difference.applies("locked-flags") { return }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            for place in ["/kept", "/more"] {
                for word in ["ro", "nosuid", "nodev", "noatime"] {
                    #expect(MountTable(outcome.output)[place]?.has(word) == true, "\(place) \(word)")
                }
            }
            #expect(MountTable(outcome.output)["/more"]?.has("noexec") == true)
        }
    }

    @Test("source not reachable in the user namespace: the host opens it")
    func unreachable() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.shell("cat /data/name /file; ls /data")
        } _: { bundle in
            let closed = bundle.folder + "/closed"
            try Files.makeFolder(closed, mode: 0o700)
            try Files.makeFolder(closed + "/data", mode: 0o755)
            try Files.write(closed + "/data/name", "seen\n")
            try Files.makeFolder(bundle.rootfs + "/data")
            try Files.write(bundle.rootfs + "/file", "")
            try bundle.edit {
                $0.bind(closed + "/data", on: "/data")
                $0.bind(closed + "/data/name", on: "/file", ["bind", "ro"])
            }
            let outcome = try bundle.run()
            #expect(outcome.output.lines == ["seen", "seen", "name"], "\(outcome.said)")
        }
    }

    /// A recursive word, whether it adds a flag, and the flag.
    static let recursiveWords: [(String, Bool, String)] = [
        ("rro", true, "ro"), ("rnosuid", true, "nosuid"), ("rnodev", true, "nodev"), ("rnoexec", true, "noexec"),
        ("rnodiratime", true, "nodiratime"), ("rnoatime", true, "noatime"), ("rnosymfollow", true, "nosymfollow"),
        ("rrelatime", true, "relatime"), ("rrw", false, "ro"), ("rsuid", false, "nosuid"), ("rdev", false, "nodev"),
        ("rexec", false, "noexec"), ("rdiratime", false, "nodiratime"), ("ratime", false, "noatime"),
        ("rsymfollow", false, "nosymfollow"), ("rstrictatime", false, "relatime"), ("rnorelatime", true, "relatime"),
        ("rnostrictatime", true, "relatime"),
    ]

    @Test(
        "recursive: each word reaches the mount and all below, of folders, files, FIFOs and sockets",
        .unless("recursive-words"))
    func recursive() throws {
        for adds in [true, false] {
            let flags =
                adds
                ? 0 : MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NODIRATIME | MS_NOATIME | Self.MS_NOSYMFOLLOW
            let words = Self.recursiveWords.filter { $0.1 == adds }
            try Self.withMounts(flags, { $0.shell("cat /proc/self/mountinfo") }) { bundle, source in
                try bundle.edit {
                    for (word, _, _) in words {
                        $0.bind(source, on: "/\(word)/folder", ["rbind", word])
                        for kind in ["file", "fifo", "socket"] {
                            $0.bind("\(source)/\(kind)", on: "/\(word)/\(kind)", ["bind", word])
                        }
                    }
                }
                let outcome = try bundle.run()
                #expect(outcome.exit == 0, "\(outcome.said)")
                let table = MountTable(outcome.output)
                for (word, _, flag) in words {
                    for place in ["folder", "folder/below", "file", "fifo", "socket"] {
                        let entry = try #require(table["/\(word)/\(place)"], "\(word) \(place)")
                        #expect(entry.has(flag) == adds, "\(word): \(entry.line)")
                    }
                }
            }
        }
    }

    /// Propagation words of a bind of a shared mount, and what the mount has then.
    static let propagation: [([String], [String])] = [
        (["private"], []), (["rprivate"], []), (["slave"], ["master:"]), (["rslave"], ["master:"]),
        (["shared"], ["shared:"]), (["rshared"], ["shared:"]), (["unbindable"], ["unbindable"]),
        (["runbindable"], ["unbindable"]), (["slave", "shared"], ["shared:", "master:"]),
        (["shared", "private"], []), (["rslave", "rshared", "rprivate"], []),
        (["private", "unbindable"], ["unbindable"]),
    ]

    @Test(
        "propagation: every word, several on one mount, and the r of it for what is below",
        .unless("propagation-several"))
    func propagated() throws {
        try Self.withMounts(0, { $0.shell("cat /proc/self/mountinfo") }) { bundle, source in
            #expect(mount(nil, source, nil, UInt(MS_SHARED | MS_REC), nil) == 0)
            try bundle.edit {
                $0["linux"]["rootfsPropagation"] = "shared"
                for (index, (words, _)) in Self.propagation.enumerated() {
                    $0.bind(source, on: "/\(index)", ["rbind"] + words)
                }
            }
            let outcome = try bundle.run()
            #expect(outcome.exit == 0, "\(outcome.said)")
            let table = MountTable(outcome.output)
            for (index, (words, expected)) in Self.propagation.enumerated() {
                let top = try #require(table["/\(index)"], "\(words)").propagation
                #expect(top.count == expected.count, "\(words): \(top)")
                for tag in expected { #expect(top.contains { $0.hasPrefix(tag) }, "\(words): \(top)") }
                guard words.allSatisfy({ $0.hasPrefix("r") }) else { continue }
                let below = try #require(table["/\(index)/below"], "\(words)").propagation
                for tag in expected { #expect(below.contains { $0.hasPrefix(tag) }, "\(words), below: \(below)") }
                #expect(below.count == expected.count, "\(words), below: \(below)")
            }
        }
    }
}
