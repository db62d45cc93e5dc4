import Glibc
import Testing

/// `mounts add` and `mounts remove`: mounts of a running container (crun(1)).
@Suite("mounts", .inMachine, .unless("mounts-verb"))
struct MountsTests {
    /// Calls `mounts` with a file of these entries.
    private func call(
        _ bundle: Bundle, _ verb: String, _ mounts: JSON, _ wrap: (JSON) -> JSON = { ["mounts": $0] }
    ) throws -> Outcome {
        let file = "\(bundle.folder)/mounts-\(UInt32.random(in: 0 ... .max))"
        try Files.write(file, wrap(mounts).text)
        return try bundle.call("mounts", verb, bundle.id, file)
    }

    private func table(_ bundle: Bundle) throws -> String { try Files.text("/proc/\(bundle.pid)/mountinfo") }

    @Test("add and remove: a bind of the host's folder and a tmpfs, with their options", arguments: [false, true])
    func change(hasUserNamespace: Bool) throws {
        try Bundle.running({ if hasUserNamespace { $0.mapUsers() } }) { bundle in
            let source = bundle.folder + "/source"
            try Files.makeFolder(source)
            try Files.write(source + "/file", "of the host\n")
            for folder in ["/mnt", "/mnt/tmp", "/mnt/host"] { try Files.makeFolder(bundle.rootfs + folder) }
            let host = try Files.text("/proc/self/mountinfo")
            let mounts: JSON = [
                ["destination": "/mnt/host", "source": .string(source), "type": "bind", "options": ["rbind", "ro"]],
                ["destination": "/mnt/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["size=1m", "noexec"]],
            ]
            expectSuccess(try call(bundle, "add", mounts))
            #expect(
                try bundle.output(
                    ofExec: "cat /mnt/host/file; touch /mnt/host/x 2>/dev/null || echo ro; echo y > /mnt/tmp/y")
                    == "of the host\nro\n")
            let line = try table(bundle).lines.first { $0.contains(" /mnt/tmp ") } ?? ""
            #expect(line.contains("noexec") && line.contains("size=1024k"), "\(line)")
            #expect(try Files.text("/proc/self/mountinfo") == host, "the host's mounts have changed")
            expectSuccess(try call(bundle, "remove", mounts) { $0 })
            #expect(try !table(bundle).contains("/mnt/"))
            #expect(Files.exists(source + "/file"))
        }
    }

    @Test("a mount that cannot be added undoes the others", .oursOnly)
    func undone() throws {
        try Bundle.running { bundle in
            for folder in ["/mnt", "/mnt/a"] { try Files.makeFolder(bundle.rootfs + folder) }
            let before = try table(bundle)
            let outcome = try call(
                bundle, "add",
                [
                    ["destination": "/mnt/a", "type": "tmpfs", "source": "tmpfs"],
                    ["destination": "/mnt/b", "type": "nothing", "source": "x"],
                ])
            #expect(outcome.exit == 1, "\(outcome.said)")
            #expect(outcome.said.contains("/mounts/1)"), "\(outcome.said)")
            #expect(try table(bundle) == before)
            let none = try call(bundle, "remove", [["destination": "/mnt/a"]])
            expectFailure(none, "unmount /mnt/a: nothing is mounted there")
            #expect(bundle.status == "running")
        }
    }

    @Test("links of the image lead nowhere outside, and the mount shows nothing of the container", .oursOnly)
    func links() throws {
        try Bundle.running { bundle in
            let outside = bundle.folder + "/outside"
            try Files.makeFolder(outside)
            symlink(outside, bundle.rootfs + "/etc/link")
            let host = try Files.text("/proc/self/mountinfo")
            _ = try call(bundle, "add", [["destination": "/etc/link/x", "type": "tmpfs", "source": "tmpfs"]])
            #expect(Files.names(outside) == [])
            #expect(try Files.text("/proc/self/mountinfo") == host)
        }
    }

    @Test("the requests that mounts refuses", .oursOnly)
    func refusals() throws {
        try Bundle.running { bundle in
            expectFailure(try call(bundle, "change", []), "mounts: \"change\" is neither add nor remove")
            let proc = try call(bundle, "add", [["destination": "/proc2", "type": "proc", "source": "proc"]])
            expectFailure(proc, "a procfs cannot be added to a container")
            expectFailure(try bundle.call("mounts", "add", bundle.id, "/nothing"), "open /nothing: no such file")
            try bundle.stop()
            expectFailure(try call(bundle, "add", []), "container not running")
        }
    }
}
