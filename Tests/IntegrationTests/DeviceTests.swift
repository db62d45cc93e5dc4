import Glibc
import Testing

/// Device nodes (WhatConfigMeans, "Devices").
@Suite("Devices", .inMachine)
struct DeviceTests {
    @Test("the default device nodes and links are there, and work")
    func defaults() throws {
        let script = """
            cd /dev; stat -c '%n %F %t:%T %a %u:%g' null zero full random urandom tty; \
            for l in fd stdin stdout stderr ptmx; do echo $l $(readlink $l); done; \
            echo x > null && head -c 3 zero | od -An -tx1; echo y > full || echo full; head -c 5 urandom | wc -c; ls | tr '\\n' ' '
            """
        let output = try Bundle.output(of: script)
        let lines = output.lines.map(\.trimmed)
        #expect(
            lines.prefix(6) == [
                "null character special file 1:3 666 0:0", "zero character special file 1:5 666 0:0",
                "full character special file 1:7 666 0:0", "random character special file 1:8 666 0:0",
                "urandom character special file 1:9 666 0:0", "tty character special file 5:0 666 0:0",
            ])
        #expect(
            lines.dropFirst(6).prefix(5) == [
                "fd /proc/self/fd", "stdin /proc/self/fd/0", "stdout /proc/self/fd/1", "stderr /proc/self/fd/2",
                "ptmx pts/ptmx",
            ])
        #expect(lines.dropFirst(11).prefix(3) == ["00 00 00", "full", "5"], "\(output)")
        #expect(lines.last == "core fd full mqueue null ptmx pts random shm stderr stdin stdout tty urandom zero")
    }

    @Test("linux.devices: every type, with mode and owner, by default 0666 and root; parents are made")
    func listed() throws {
        let output = try Bundle.output(of: "cd /dev; stat -c '%n %F %t:%T %a %u:%g' net/tun block pipe plain full") {
            $0["linux"]["devices"] = [
                ["path": "/dev/net/tun", "type": "c", "major": 10, "minor": 200, "fileMode": 416, "uid": 5, "gid": 6],
                ["path": "/dev/block", "type": "b", "major": 7, "minor": 9, "fileMode": 25008],
                ["path": "/dev/pipe", "type": "p", "fileMode": 384, "uid": 1],
                ["path": "/dev/plain", "type": "u", "major": 1, "minor": 3],
                ["path": "/dev/full", "type": "c", "major": 1, "minor": 7, "fileMode": 384],
            ]
        }
        #expect(
            output.lines == [
                "net/tun character special file a:c8 640 5:6", "block block special file 7:9 660 0:0",
                "pipe fifo 0:0 600 1:0", "plain character special file 1:3 666 0:0",
                "full character special file 1:7 600 0:0",
            ], "\(output)")
    }

    @Test("an existing device is accepted, another file in its place is an error")
    func existing() throws {
        let tun: JSON = ["path": "/opt/tun", "type": "c", "major": 10, "minor": 200, "fileMode": 438]
        try Bundle.with({
            $0["linux"]["devices"] = [tun]
            $0.shell("stat -c '%F %t:%T' /opt/tun")
        }) { bundle in
            try Files.makeFolder(bundle.rootfs + "/opt")
            for _ in 0..<2 {
                let outcome = try bundle.run()
                #expect(outcome.output == "character special file a:c8\n", "\(outcome.said)")
            }
            unlink(bundle.rootfs + "/opt/tun")
            try Files.write(bundle.rootfs + "/opt/tun", "")
            try bundle.expectRefusal(at: "/linux/devices/0", unless: "device-in-the-way")
        }
    }

    @Test("impossible devices are refused with their place")
    func wrong() throws {
        try Bundle.with { bundle in
            func refused(
                at end: String = "", unless difference: String? = nil, _ device: JSON,
                line: SourceLocation = #_sourceLocation
            ) throws {
                try bundle.expectRefusal(at: "/linux/devices/0" + end, unless: difference, sourceLocation: line) {
                    $0["linux"]["devices"] = [device]
                }
            }
            try refused(at: "/type", unless: "device-type", ["path": "/dev/x", "type": "q", "major": 1, "minor": 3])
            try refused(unless: "device-numbers", ["path": "/dev/x", "type": "c"])
            try refused(at: "/path", unless: "device-path", ["path": "dev/x", "type": "c", "major": 1, "minor": 3])
        }
    }

    @Test("if /dev is a bind, nothing is made in it")
    func boundDev() throws {
        try Bundle.with {
            for place in ["/dev/pts", "/dev/shm", "/dev/mqueue", "/dev"] { $0.unmount(place) }
            $0.shell("ls /dev | tr '\\n' ' '")
        } _: { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/only", "")
            mknod(source + "/null", S_IFCHR | 0o666, 1 << 8 | 3)
            try bundle.edit { $0.bind(source, on: "/dev", ["rbind"]) }
            let outcome = try bundle.run()
            #expect(outcome.output.words.sorted() == ["null", "only"], "\(outcome.said)")
            #expect(Files.names(source).sorted() == ["null", "only"])
        }
    }

    @Test("in a user namespace the nodes are the host's own, bound")
    func userNamespace() throws {
        let output = try Bundle.output(
            of: "cd /dev; stat -c '%n %F %t:%T %a' null tty; echo x > null && echo works; stat -c '%t:%T' /dev/net/tun"
        ) {
            $0.mapUsers()
            $0["linux"]["devices"] = [
                ["path": "/dev/net/tun", "type": "c", "major": 10, "minor": 200, "fileMode": 438]
            ]
        } prepare: { _ in
            try Files.makeFolder("/dev/net")
            mknod("/dev/net/tun", S_IFCHR | 0o666, 10 << 8 | 200)
        }
        #expect(
            output.lines == [
                "null character special file 1:3 666", "tty character special file 5:0 666", "works", "a:c8",
            ])
    }

    @Test(
        "linux.devices: a path with slashes at its end, parents of 0755, and a FIFO in a user namespace",
        .unless("device-paths"))
    func paths() throws {
        let output = try Bundle.output(of: "stat -c '%n %F %a %u:%g' /opt /opt/deep /opt/deep/zero /opt/fifo") {
            $0["linux"]["devices"] = [
                ["path": "/opt/deep//zero/", "type": "c", "major": 1, "minor": 5],
                ["path": "/opt/fifo", "type": "p", "fileMode": 420],
            ]
        }
        #expect(
            output.lines == [
                "/opt directory 755 0:0", "/opt/deep directory 755 0:0",
                "/opt/deep/zero character special file 666 0:0",
                "/opt/fifo fifo 644 0:0",
            ], "\(output)")
        let inside = try Bundle.output(of: "stat -c '%F %a %u:%g' /dev/fifo /dev/mine") {
            $0.mapUsers()
            $0["linux"]["devices"] = [
                ["path": "/dev/fifo", "type": "p"],
                ["path": "/dev/mine", "type": "p", "fileMode": 384, "uid": 5, "gid": 6],
            ]
        }
        #expect(inside.lines == ["fifo 666 0:0", "fifo 600 5:6"], "\(inside)")
    }

    @Test("linux.devices: an entry replaces the default node at its path, and the cgroup rule of that node")
    func replaced() throws {
        let script = "stat -c '%t:%T %a' /dev/full; cat /dev/full 2>&1 | head -c 1 | wc -c; head -c 1 /opt/full | wc -c"
        let full: JSON = ["path": "/opt/full", "type": "c", "major": 1, "minor": 7]
        let plain = try Bundle.output(of: script) { $0["linux"]["devices"] = [full] }
        #expect(plain.lines == ["1:7 666", "1", "1"], "\(plain)")
        let output = try Bundle.output(of: script) {
            $0["linux"]["devices"] = [
                full, ["path": "/dev/full", "type": "c", "major": 1, "minor": 5, "fileMode": 384],
            ]
        }
        #expect(output.lines == ["1:5 600", "1", "0"] || Difference.applies("device-rule-replaced"), "\(output)")
    }

    @Test("links: ptmx replaces what the image has, the others stay as the image has them")
    func links() throws {
        let output = try Bundle.output(of: "cd /dev; for link in fd stdin ptmx; do readlink $link; done; cat stdout") {
            for place in ["/dev/shm", "/dev/mqueue", "/dev"] { $0.unmount(place) }
        } prepare: { bundle in
            let dev = bundle.rootfs + "/dev"
            symlink("/image/fd", dev + "/fd")
            try Files.write(dev + "/ptmx", "")
            try Files.write(dev + "/stdout", "of the image\n")
        }
        #expect(output.lines == ["/image/fd", "/proc/self/fd/0", "pts/ptmx", "of the image"], "\(output)")
    }
}
