import Glibc
import Testing

/// `root`: where it may be, and that the container sees nothing outside it.
@Suite("Root", .inMachine)
struct RootTests {
    @Test("the root may be relative, absolute, or a mount of its own")
    func places() throws {
        try Bundle.with({ $0.shell("ls / | tr '\\n' ' '") }) { bundle in
            let relative = try bundle.run()
            #expect(relative.output == "bin dev etc proc root sys tmp var ", "\(relative.said)")
            try bundle.edit { $0["root"]["path"] = .string(bundle.rootfs) }
            #expect(try bundle.run().output == relative.output)
            #expect(mount(bundle.rootfs, bundle.rootfs, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(bundle.rootfs, 2) }
            #expect(try bundle.run().output == relative.output)
        }
    }

    @Test("a root on an overlay is used as it is")
    func overlay() throws {
        try Bundle.with({ $0.shell("echo new > /etc/new; cat /etc/new") }) { bundle in
            for folder in ["/upper", "/scratch", "/merged"] { try Files.makeFolder(bundle.folder + folder) }
            let data = "lowerdir=\(bundle.rootfs),upperdir=\(bundle.folder)/upper,workdir=\(bundle.folder)/scratch"
            #expect(data.withCString { mount("overlay", bundle.folder + "/merged", "overlay", 0, $0) } == 0)
            defer { umount2(bundle.folder + "/merged", 2) }
            try bundle.edit { $0["root"]["path"] = "merged" }
            let outcome = try bundle.run()
            #expect(outcome.output == "new\n", "\(outcome.said)")
            #expect(Files.exists(bundle.folder + "/upper/etc/new"))
            #expect(!Files.exists(bundle.rootfs + "/etc/new"))
        }
    }

    @Test("a root that is absent, a file or a symbolic link is refused")
    func wrong() throws {
        try Bundle.with { bundle in
            try Files.write(bundle.folder + "/file", "")
            symlink("rootfs", bundle.folder + "/link")
            try bundle.expectRefusal(at: "/root/path") { $0["root"]["path"] = "nowhere" }
            try bundle.expectRefusal(at: "/root/path") { $0["root"]["path"] = "file" }
            try bundle.expectRefusal("symlink", at: "/root/path", unless: "root-by-link") {
                $0["root"]["path"] = "link"
            }
            try bundle.expectRefusal(at: "/root") { $0["root"]["path"] = "" }
            try bundle.expectRefusal() { $0["root"] = .null }
        }
    }

    @Test("the old root is gone: no mount, no working directory and no descriptor leads to it")
    func oldRoot() throws {
        let output = try Bundle.output(
            of:
                "cat /proc/self/mountinfo; ls -l /proc/self/fd /proc/1/fd; readlink /proc/1/cwd; readlink /proc/1/root; cd /; cd ..; pwd"
        ) {
            $0.allCapabilities()
        }
        let table = MountTable(output)
        #expect(table.entries.filter { $0.destination == "/" }.count == 1)
        #expect(!table.entries.contains { $0.line.contains("/sys/fs/bpf") || $0.destination.hasPrefix("/scratch") })
        #expect(output.lines.suffix(3) == ["/", "/", "/"], "\(output)")
    }
}
