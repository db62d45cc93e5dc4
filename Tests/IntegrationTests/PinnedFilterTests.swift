import Glibc
import Testing

/// The device filters that one container leaves for the next, in the BPF filesystem.
@Suite("Pinned device filters", .inMachine, .oursOnly, .serialized)
struct PinnedFilterTests {
    private static let folder = "/sys/fs/bpf/apus"
    private static let rules =
        "1,deny,c1:1w,c*:*m,b*:*m,c1:3rwm,c1:8rwm,c1:7rwm,c5:0rwm,c1:5rwm,c1:9rwm,c136:*rwm,c5:2rwm,c10:200rwm"

    /// Lends a bundle on a host that has a BPF filesystem, mounted as systemd does. Its rules are those of no other
    /// test.
    private func withBPF(_ body: (Bundle) throws -> Void) throws {
        let mounted = mount("bpf", "/sys/fs/bpf", "bpf", UInt(MS_NOSUID | MS_NODEV | MS_NOEXEC), "mode=700")
        #expect(mounted == 0, "\(String(cString: strerror(errno)))")
        defer { umount2("/sys/fs/bpf", Int32(MNT_DETACH)) }
        try Bundle.with(
            {
                $0.shell("mknod /forbidden c 1 2 && cat /forbidden; mknod /allowed c 1 3 && cat /allowed && echo read")
                $0.allCapabilities()
                $0["linux"]["resources"]["devices"] = [
                    ["allow": false, "access": "rwm"],
                    ["allow": true, "type": "c", "major": 1, "minor": 1, "access": "w"],
                ]
            }, body)
    }

    /// Runs the container, and checks that its filter holds, and how many programs were loaded.
    private func expectLoads(
        _ count: Int, _ bundle: Bundle, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let calls = bundle.folder + "/log/calls"
        for node in ["forbidden", "allowed"] { unlink("\(bundle.rootfs)/\(node)") }
        let run = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: "/dev/null")
        let outcome = try Program.run(["strace", "-f", "-e", "trace=bpf", "-o", calls] + run)
        #expect(outcome.output == "read\n" && outcome.diagnostics.contains("not permitted"), "\(outcome.said)")
        let loads = try Files.text(calls).lines.count { $0.contains("BPF_PROG_LOAD") }
        #expect(loads == count, sourceLocation: sourceLocation)
    }

    @Test("the first container pins its filter, under a name that says its rules, and the second takes it")
    func reused() throws {
        try withBPF { bundle in
            try expectLoads(1, bundle)
            #expect(Files.names(Self.folder).contains(Self.rules))
            #expect(Files.status(Self.folder)?.st_mode == S_IFDIR | 0o700)
            try expectLoads(0, bundle)
            #expect(Files.names(Self.folder).contains(Self.rules))
        }
    }

    @Test("a folder that another user owns or may write is not used")
    func foreign() throws {
        try withBPF { bundle in
            try expectLoads(1, bundle)
            chmod(Self.folder, 0o777)
            try expectLoads(1, bundle)
            chmod(Self.folder, 0o700)
            chown(Self.folder, 1000, 1000)
            try expectLoads(1, bundle)
        }
    }

    @Test("the folder never has more than 64 entries")
    func bounded() throws {
        try withBPF { bundle in
            try expectLoads(1, bundle)
            for number in 1..<64 { #expect(link("\(Self.folder)/\(Self.rules)", "\(Self.folder)/\(number)") == 0) }
            unlink("\(Self.folder)/\(Self.rules)")
            #expect(link("\(Self.folder)/1", "\(Self.folder)/64") == 0)
            try expectLoads(1, bundle)
            // Containers of other tests add theirs.
            let names = Files.names(Self.folder)
            #expect(names.contains(Self.rules) && names.count < 32, "\(names)")
            // Its name would be too long: it is loaded, and not kept.
            try bundle.edit { config in
                for minor in 20..<60 {
                    config["linux"]["resources"]["devices"].append(
                        ["allow": true, "type": "c", "major": 1, "minor": .int(minor), "access": "w"])
                }
            }
            try expectLoads(1, bundle)
            try expectLoads(1, bundle)
        }
    }
}
