import Glibc
import Testing

/// `tmpcopyup`: a tmpfs that starts with the contents of the folder it covers (WhatMountsMean, "Copy up").
@Suite("tmpcopyup", .inMachine)
struct CopyUpTests {
    /// Fills `folder` with one of each kind of file.
    static func fill(_ folder: String) throws {
        try Files.makeFolder(folder, mode: 0o751)
        try Files.makeFolder(folder + "/folder", mode: 0o1705)
        try Files.makeFolder(folder + "/folder/deep", mode: 0o2770)
        try Files.write(folder + "/folder/deep/file", "deep\n", mode: 0o600)
        try Files.write(folder + "/file", "copied\n")
        chown(folder + "/file", 55, 66)
        chmod(folder + "/file", 0o6646)
        symlink("nowhere", folder + "/link")
        lchown(folder + "/link", 7, 8)
        #expect(mkfifo(folder + "/fifo", 0o600) == 0)
        chmod(folder + "/fifo", 0o622)
        #expect(mknod(folder + "/null", S_IFCHR | 0o600, 1 << 8 | 3) == 0)
        chmod(folder + "/null", 0o666)
    }

    @Test(
        "tmpcopyup: files, folders, links, FIFOs and devices, with owners and modes, whatever the caller's umask",
        .unless("copy-up-kinds"))
    func whole() throws {
        let script = """
            cd /full; stat -c '%n %F %a %u:%g %t:%T' . file folder folder/deep folder/deep/file link fifo null; \
            cat file folder/deep/file; readlink link; touch new && ls /full | wc -l
            """
        try Bundle.with {
            $0.shell(script)
            $0.mount("/full", ["tmpcopyup", "nosuid"])
        } _: { bundle in
            try Self.fill(bundle.rootfs + "/full")
            let masked = ["/bin/sh", "-c", "umask 077; exec \"$@\"", "sh"]
            let words = bundle.words(
                ["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/copy")
            let outcome = try Program.run(masked + words)
            #expect(
                outcome.output.lines == [
                    ". directory 751 0:0 0:0", "file regular file 6646 55:66 0:0", "folder directory 1705 0:0 0:0",
                    "folder/deep directory 2770 0:0 0:0", "folder/deep/file regular file 600 0:0 0:0",
                    "link symbolic link 777 7:8 0:0", "fifo fifo 622 0:0 0:0",
                    "null character special file 666 0:0 1:3", "copied", "deep", "nowhere", "6",
                ], "\(outcome.said)")
            #expect(!Files.exists(bundle.rootfs + "/full/new"), "the covered folder was written to")
            #expect(Files.names(bundle.rootfs + "/full").count == 5)
        }
    }

    @Test(
        "tmpcopyup: sockets, two names of one file, holes, and the owner of the folder itself", .unless("copy-up-rest"))
    func rest() throws {
        let output = try Bundle.output(
            of: "cd /full; stat -c '%F %a %u:%g' . socket; stat -c '%h %s' one two hole; df -k . | tail -n 1"
        ) {
            $0.mount("/full", ["tmpcopyup", "size=1m"])
        } prepare: { bundle in
            let folder = bundle.rootfs + "/full"
            try Files.makeFolder(folder)
            chown(folder, 30, 40)
            #expect(mknod(folder + "/socket", S_IFSOCK | 0o644, 0) == 0)
            try Files.write(folder + "/one", "same\n")
            link(folder + "/one", folder + "/two")
            try Files.write(folder + "/hole", "")
            #expect(truncate(folder + "/hole", 1 << 40) == 0)
        }
        #expect(
            output.lines.prefix(5) == ["directory 755 30:40", "socket 644 0:0", "2 5", "2 5", "1 1099511627776"],
            "\(output)")
    }

    @Test("tmpcopyup with ro: the copied files are there, and cannot be changed")
    func readOnly() throws {
        let output = try Bundle.output(of: "cat /full/file; touch /full/file 2>/dev/null || echo refused") {
            $0.mount("/full", ["tmpcopyup", "ro"])
        } prepare: {
            try Files.makeFolder($0.rootfs + "/full")
            try Files.write($0.rootfs + "/full/file", "copied\n")
        }
        #expect(output.lines == ["copied", "refused"])
    }

    @Test("tmpcopyup on a folder that did not exist: an empty folder")
    func nothing() throws {
        #expect(
            try Bundle.output(of: "ls -A /nothing/here | wc -l") { $0.mount("/nothing/here", ["tmpcopyup"]) } == "0\n")
    }

    @Test("tmpcopyup follows no link out of the root, neither to the folder nor in it")
    func links() throws {
        try Bundle.with {
            $0.shell("cat /full/marker; readlink /inside/out; ls /inside")
            $0.mount("/full", ["tmpcopyup"])
            $0.mount("/inside", ["tmpcopyup"])
        } _: { bundle in
            let outside = bundle.folder + "/outside"
            for folder in [outside, bundle.rootfs + "/inside", bundle.rootfs + outside] {
                _ = try Program.run(["mkdir", "-p", folder])
            }
            try Files.write(outside + "/marker", "of the host\n")
            try Files.write(bundle.rootfs + outside + "/marker", "of the image\n")
            symlink(outside, bundle.rootfs + "/full")
            symlink(outside, bundle.rootfs + "/inside/out")
            let outcome = try bundle.run()
            #expect(outcome.output.lines == ["of the image", outside, "out"], "\(outcome.said)")
        }
    }

    @Test("tmpcopyup in a user namespace: owners are the container's")
    func userNamespace() throws {
        let output = try Bundle.output(of: "stat -c '%u:%g %a' /full/file /full/other; touch /full/new && echo made") {
            $0.mapUsers()
            $0.mount("/full", ["tmpcopyup"])
        } prepare: { bundle in
            try Files.makeFolder(bundle.rootfs + "/full")
            chown(bundle.rootfs + "/full", 100000, 100000)
            try Files.write(bundle.rootfs + "/full/file", "", mode: 0o640)
            chown(bundle.rootfs + "/full/file", 100005, 100006)
            try Files.write(bundle.rootfs + "/full/other", "", mode: 0o604)
            chown(bundle.rootfs + "/full/other", 100000, 100000)
        }
        #expect(output.lines == ["5:6 640", "0:0 604", "made"], "\(output)")
    }

    @Test(
        "tmpcopyup keeps nodev, nosuid and noexec of the folder it covers, unless the options say otherwise",
        .unless("copy-up-flags"))
    func flags() throws {
        try Bundle.with {
            $0.shell("(: < /full/zero) 2>/dev/null || echo refused; cat /proc/self/mountinfo")
            $0.allCapabilities()
            $0["linux"]["resources"]["devices"] = [["allow": true, "access": "rwm"]]
        } _: { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            let all = UInt(MS_NODEV | MS_NOSUID | MS_NOEXEC)
            #expect(mount("tmpfs", source, "tmpfs", all, nil) == 0)
            defer { umount2(source, 2) }
            #expect(mknod(source + "/zero", S_IFCHR | 0o666, 1 << 8 | 5) == 0)
            try bundle.edit {
                $0.bind(source, on: "/full", ["bind"])
                $0.mount("/full", ["tmpcopyup"])
                // A mount in the covered folder is copied as well.
                $0.bind(source, on: "/around/below", ["bind"])
                $0.mount("/around", ["tmpcopyup"])
                $0.bind(source, on: "/chosen", ["bind"])
                $0.mount("/chosen", ["tmpcopyup", "dev", "suid"])
            }
            let outcome = try bundle.run()
            #expect(outcome.output.lines.first == "refused", "\(outcome.said)")
            let table = MountTable(outcome.output)
            func flags(_ place: String) -> [String] {
                (table[place]?.options ?? []).filter { ["nosuid", "nodev", "noexec"].contains($0) }
            }
            #expect(flags("/full") == ["nosuid", "nodev", "noexec"])
            #expect(flags("/around") == ["nosuid", "nodev", "noexec"])
            #expect(flags("/chosen") == ["noexec"])
        }
    }

    @Test("tmpcopyup of 3,000 nested folders with long names takes little time", .unless("copy-up-depth"))
    func depth() throws {
        try Bundle.with {
            $0.shell("echo copied")
            $0.mount("/full", ["tmpcopyup"])
        } _: { bundle in
            try Files.makeFolder(bundle.rootfs + "/full")
            #expect(mount("tmpfs", bundle.rootfs + "/full", "tmpfs", 0, nil) == 0)
            defer { umount2(bundle.rootfs + "/full", 2) }
            var folder = open(bundle.rootfs + "/full", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            let name = String(repeating: "n", count: 250)
            for _ in 0..<3000 {
                #expect(mkdirat(folder, name, 0o755) == 0)
                let next = openat(folder, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
                close(folder)
                folder = next
            }
            close(folder)
            let start = Clock.now
            let outcome = try bundle.run()
            #expect(outcome.output == "copied\n", "\(outcome.said)")
            let took = Clock.now - start
            #expect(took < 10, "it took \(took) s")
        }
    }

    @Test("tmpcopyup of more than fits, and on a filesystem other than tmpfs, are refused, and nothing is left")
    func refused() throws {
        try Bundle.with { bundle in
            try Files.makeFolder(bundle.rootfs + "/full")
            try Files.write(bundle.rootfs + "/full/big", [UInt8](repeating: 1, count: 300_000))
            try bundle.expectRefusal("no space left on device", at: "/mounts/7") {
                $0.mount("/full", ["tmpcopyup", "size=64k"])
            }
            try bundle.expectRefusal("tmpcopyup is for a tmpfs", at: "/mounts/7/options", unless: "copy-up-elsewhere") {
                $0.bind("rootfs", on: "/full", ["bind", "tmpcopyup"])
            }
        }
    }
}
