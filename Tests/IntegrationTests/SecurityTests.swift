import Glibc
import TestSupport
import Testing

/// What broke containers before: a test for each row of FlawsThatBrokeOthers that can be tested from outside.
@Suite("Security", .inMachine)
struct SecurityTests {
    /// A folder of the host beside the root filesystem. Nothing in the container may reach it.
    private func outside(_ bundle: Bundle) throws -> String {
        let folder = bundle.folder + "/outside"
        try Files.makeFolder(folder, mode: 0o777)
        return folder
    }

    @Test(
        "/proc or /sys is a symbolic link: refused (CVE-2019-19921, CVE-2023-27561, CVE-2025-54867)",
        arguments: ["proc", "sys"])
    func linkedProc(name: String) throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let outside = try outside(bundle)
            rmdir(bundle.rootfs + "/" + name)
            try Files.makeFolder(bundle.rootfs + "/evil")
            for target in ["/evil", outside, "../outside", "/bin"] {
                unlink(bundle.rootfs + "/" + name)
                symlink(target, bundle.rootfs + "/" + name)
                try bundle.expectRefusal()
                #expect(Files.names(outside) == [])
            }
        }
    }

    @Test(
        "/dev is a symbolic link: nothing is made outside (CVE-2026-47766, CVE-2026-41579)", .unless("dev-by-link"))
    func linkedDev() throws {
        for hasMount in [true, false] {
            try Bundle.with({
                $0.shell("true")
                if !hasMount { for place in ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"] { $0.unmount(place) } }
            }) { bundle in
                let outside = try outside(bundle)
                rmdir(bundle.rootfs + "/dev")
                for target in [outside, "../outside", "../../../../../../../.." + outside] {
                    unlink(bundle.rootfs + "/dev")
                    symlink(target, bundle.rootfs + "/dev")
                    _ = try bundle.run()
                    #expect(Files.names(outside) == [], "dev -> \(target)")
                }
            }
        }
    }

    @Test(
        "a mount's destination that leads outside by links stays inside (CVE-2019-18837, CVE-2021-30465, CVE-2024-45310)"
    )
    func linkedDestination() throws {
        try Bundle.with({ $0.shell("echo x > /trap/deep/new/file 2>/dev/null; echo x > /etc/abs/file; true") }) {
            bundle in
            let outside = try outside(bundle), source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/name", "")
            symlink(outside, bundle.rootfs + "/etc/abs")
            symlink("../../outside", bundle.rootfs + "/etc/rel")
            symlink("/../../../../../../../../../../" + outside, bundle.rootfs + "/trap")
            symlink(outside + "/made-by-mount", bundle.rootfs + "/etc/dangling")
            for destination in [
                "/etc/abs", "/etc/rel", "/trap/deep/new", "/etc/dangling", "/etc/abs/x/y", "/../../outside",
            ] {
                try bundle.edit {
                    $0["mounts"] = .array(Array($0["mounts"].items.prefix(7)))
                    $0.bind(source, on: destination, ["ro", "bind"])
                    $0.mount(destination + "/tmpfs")
                }
                _ = try bundle.run()
                #expect(Files.names(outside) == [], "\(destination)")
                #expect(Files.names(source).filter { $0 != "name" && $0 != "tmpfs" && $0 != "file" } == [])
            }
            // a file on a file
            try bundle.edit {
                $0["mounts"] = .array(Array($0["mounts"].items.prefix(7)))
                $0.bind(source + "/name", on: "/etc/dangling", ["bind"])
            }
            _ = try bundle.run()
            #expect(Files.names(outside) == [])
        }
    }

    @Test("a swapped destination: the container's view changes while mounts are made (CVE-2021-30465)")
    func swapped() throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let outside = try outside(bundle)
            let swap = bundle.rootfs + "/swap", other = bundle.rootfs + "/other"
            try Files.makeFolder(swap)
            symlink(outside, other)
            try bundle.edit { config in for index in 0..<10 { config.mount("/swap/\(index)/deep") } }
            let script =
                "while :; do mv -T \(swap) \(swap)2; mv -T \(other) \(swap); mv -T \(swap) \(other); mv -T \(swap)2 \(swap); done"
            let racer = try Program.start([
                "/bin/busybox", "sh", "-c", script.replacing("mv ", with: "/bin/busybox mv "),
            ])
            for _ in 0..<(Host.isLong ? 100 : 3) {
                _ = try bundle.run()
                #expect(Files.names(outside) == [])
            }
            Glibc.kill(-racer.pid, SIGKILL)
            _ = racer.outcome()
        }
    }

    @Test(
        "a working directory behind a descriptor of the host is refused (CVE-2024-21626)", .unless("cwd-by-descriptor"))
    func workingDirectory() throws {
        let root = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(root) }
        var surroundings = Program.Surroundings()
        for number in 3...9 { surroundings.descriptors[Int32(number)] = root }
        try Bundle.with({ $0.shell("ls -id . /; ls") }) { bundle in
            symlink("/proc/self/fd/7", bundle.rootfs + "/way")
            for cwd in (0...15).map({ "/proc/self/fd/\($0)" }) + [
                "/way", "/proc/self/fd/8/../../tmp", "/proc/1/root/proc",
            ] {
                if cwd.hasSuffix("proc"), !Host.isLong { continue }
                if let number = cwd.split(separator: "/").last.flatMap({ Int($0) }), number % 3 != 1, !Host.isLong {
                    continue
                }
                try bundle.edit { $0["process"]["cwd"] = .string(cwd) }
                let outcome = try bundle.run(surroundings: surroundings)
                let inode = Files.status("/").map { "\($0.st_ino)" } ?? ""
                #expect(outcome.exit != 0 || outcome.output.words.first != inode, "\(cwd): \(outcome.said)")
                #expect(!outcome.output.contains("lost+found"), "\(cwd)")
                bundle.expectNothingLeft()
            }
        }
    }

    @Test(
        "/etc/passwd as a fifo, a folder, a device, a link to the host, or without end (CVE-2026-61801, CVE-2026-47262)",
        .unless("passwd-unchecked"))
    func passwd() throws {
        try Bundle.with({
            $0.shell("echo home=$HOME")
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
        }) { bundle in
            let path = bundle.rootfs + "/etc/passwd"
            let secret = try outside(bundle) + "/passwd"
            try Files.write(secret, "x:x:1000:1000::/of-the-host:/bin/sh\n")
            func expectHome(_ home: String, _ what: String) throws {
                let start = Clock.now
                let outcome = try bundle.run()
                #expect(outcome.output == "home=\(home)\n", "\(what): \(outcome.said)")
                #expect(Clock.now - start < 60, "\(what)")
                Files.remove(path)
            }
            Files.remove(path)
            mkfifo(path, 0o666)
            try expectHome("/", "fifo")
            try Files.makeFolder(path)
            try expectHome("/", "folder")
            mknod(path, S_IFCHR | 0o666, 1 << 8 | 5)
            try expectHome("/", "/dev/zero")
            symlink(secret, path)
            try expectHome("/", "a link outside")
            let endless = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o644)
            ftruncate(endless, 1 << 33)
            close(endless)
            try expectHome("/", "8 GiB of nothing")
            try Files.write(
                path, "bad\n::\n:x:1000:1000::/no-name:\nx:x:1000\ny:x:-1:5::/minus:\nz:x:001000:0::/zeros:\n")
            let outcome = try bundle.run()
            #expect(outcome.exit == 0 && !outcome.output.contains("/minus"), "\(outcome.said)")
        }
    }

    @Test("a huge uid in /etc/passwd gives nobody root (CVE-2016-3697)")
    func numericNames() throws {
        let output = try Bundle.output(of: "id -u; echo $HOME") {
            $0["process"]["user"] = ["uid": 31337, "gid": 31337]
        } prepare: {
            try Files.write(
                $0.rootfs + "/etc/passwd",
                "31337:x:0:0::/root:/bin/sh\nbig:x:4294998633:0::/wrapped:/bin/sh\nroot:x:0:0::/root:\n")
        }
        #expect(output.lines.first == "31337")
        #expect(!output.contains("/wrapped") && !output.contains("/root"))
    }

    @Test("the runtime's own file cannot be written through /proc/self/exe (CVE-2019-5736)")
    func ownFile() throws {
        try Bundle.with({ $0.args = ["/bin/evil"] }) { bundle in
            let before = try Files.bytes(RuntimeUnderTest.path)
            symlink("/proc/self/exe", bundle.rootfs + "/bin/evil")
            let outcome = try bundle.run()
            #expect(outcome.exit != 0 || !outcome.output.isEmpty, "\(outcome.said)")
            try Files.write(bundle.rootfs + "/bin/script", "#!/proc/self/exe\n", mode: 0o755)
            try bundle.edit { $0.args = ["/bin/script"] }
            _ = try bundle.run()
            #expect(try Files.bytes(RuntimeUnderTest.path) == before)
        }
    }

    @Test(
        "what waits in a created container is not the runtime's file, but a copy or a mount that cannot be written")
    func sealed() throws {
        try Bundle.with({
            $0.share("pid")
            $0.allCapabilities()
            $0.args = ["/bin/sleep", "1000"]
        }) { bundle in
            expectSuccess(try bundle.create())
            let exe = "/proc/\(bundle.pid)/exe"
            for flags in [O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC, O_WRONLY | O_APPEND] {
                let number = open(exe, flags | O_CLOEXEC)
                #expect(number < 0, "its program can be opened for writing")
                if number >= 0 { close(number) }
            }
            // this descriptor stays open until nobody runs the file any more
            let kept = open(exe, O_RDONLY | O_CLOEXEC)
            defer { close(kept) }
            expectSuccess(try bundle.start())
            #expect(eventually { Files.link(exe)?.hasSuffix("busybox") == true })
            let again = open("/proc/self/fd/\(kept)", O_WRONLY | O_CLOEXEC)
            #expect(again < 0 || write(again, "x", 1) < 0, "it can be written once it has ended")
            if again >= 0 { close(again) }
        }
    }

    @Test(
        "a masked path is never a way to a file that a link in /dev points to (CVE-2025-31133, CVE-2025-62161)",
        .unless("masked-by-link"))
    func maskedByLink() throws {
        for replacement in ["link", "file"] {
            try Bundle.with({
                for place in ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"] { $0.unmount(place) }
                $0.allCapabilities()
                $0["linux"]["maskedPaths"] = ["/secret"]
                $0.shell("cat /secret; echo written > /secret; true")
            }) { bundle in
                try Files.write(bundle.rootfs + "/secret", "secret\n")
                try Files.write(bundle.rootfs + "/victim", "victim\n")
                if replacement == "link" {
                    symlink("/victim", bundle.rootfs + "/dev/null")
                } else {
                    try Files.write(bundle.rootfs + "/dev/null", "no device\n")
                }
                let outcome = try bundle.run()
                #expect(outcome.output == "", "\(replacement): \(outcome.said)")
                #expect(Files.value(bundle.rootfs + "/victim") == "victim")
                #expect(Files.value(bundle.rootfs + "/secret") == "secret")
            }
        }
    }

    @Test("a masked or read-only path behind a link is taken inside the root")
    func linkedPaths() throws {
        try Bundle.with({
            $0["linux"]["maskedPaths"] = ["/a"]
            $0["linux"]["readonlyPaths"] = ["/b"]
            $0.shell("true")
        }) { bundle in
            let outside = try outside(bundle)
            try Files.write(outside + "/file", "host\n")
            symlink(outside + "/file", bundle.rootfs + "/a")
            symlink(outside, bundle.rootfs + "/b")
            _ = try bundle.run()
            #expect(Files.value(outside + "/file") == "host")
            let probe = outside + "/probe"
            try Files.write(probe, "still writable")
            #expect(!MountTable.here.contains { $0.destination.hasPrefix(outside) })
        }
    }

    @Test("a device's or sysctl's path that leads outside makes nothing there")
    func linkedDevice() throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let outside = try outside(bundle)
            symlink(outside, bundle.rootfs + "/way")
            symlink(outside + "/node", bundle.rootfs + "/way2")
            for path in ["/way/node", "/way2", "/dev/../way/deep/node", "/../outside/node"] {
                try bundle.edit {
                    $0["linux"]["devices"] = [["path": .string(path), "type": "c", "major": 1, "minor": 3]]
                }
                _ = try bundle.run()
                #expect(Files.names(outside) == [], "\(path)")
            }
        }
    }

    @Test("a cwd that does not exist is made inside the root, whatever links say")
    func linkedCwd() throws {
        try Bundle.with({ $0.shell("true") }) { bundle in
            let outside = try outside(bundle)
            symlink(outside, bundle.rootfs + "/way")
            for cwd in ["/way/new", "/../outside/new", "/way/../../outside/new"] {
                try bundle.edit { $0["process"]["cwd"] = .string(cwd) }
                _ = try bundle.run()
                #expect(Files.names(outside) == [], "\(cwd)")
            }
        }
    }

    @Test(
        "cgroup2 without a cgroup namespace in a user namespace gives no write access to others' cgroups (CVE-2023-25809)"
    )
    func cgroupWrite() throws {
        let script = """
            own=/sys/fs/cgroup$(cut -d: -f3 /proc/self/cgroup); \
            for f in /sys/fs/cgroup/cgroup.procs /sys/fs/cgroup/cgroup.subtree_control /sys/fs/cgroup/*/cgroup.procs; do \
            [ -e $f ] && [ $f != $own/cgroup.procs ] && (echo 0 > $f) 2>/dev/null && echo wrote $f; done; \
            mkdir /sys/fs/cgroup/evil-$$ 2>/dev/null && echo made; true
            """
        try Bundle.with({
            $0.mapUsers()
            $0.share("cgroup")
            $0.allCapabilities()
            $0.unmount("/sys/fs/cgroup")
            $0.mount("/sys/fs/cgroup", ["nosuid", "noexec", "nodev"], type: "cgroup", source: "cgroup")
            $0.shell(script)
        }) { bundle in
            let outcome = try bundle.run()
            #expect(!outcome.output.contains("wrote") && !outcome.output.contains("made"), "\(outcome.said)")
        }
    }

    @Test(
        "other processes of the container cannot trace or inspect init while it waits (CVE-2016-9962)")
    func dumpable() throws {
        try Bundle.with({
            $0.mapUsers()
            $0.args = ["/bin/sleep", "1000"]
        }) { bundle in
            expectSuccess(try bundle.create())
            // files in /proc of a process that is not dumpable belong to root
            #expect(Files.status("/proc/\(bundle.pid)/fd")?.st_uid == 0)
        }
    }
}
