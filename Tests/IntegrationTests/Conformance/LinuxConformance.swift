import Glibc
import Testing

/// Namespaces, devices and paths (config-linux.md, runtime-linux.md).
@Suite("Conformance: Linux", .inMachine, .measured)
struct LinuxConformance {
    static let kinds = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"]

    private static func link(_ kind: String, of pid: String) -> String? {
        let file = ["network": "net", "mount": "mnt"][kind] ?? kind
        return Files.link("/proc/\(pid)/ns/\(file)")
    }

    /// A container that lists `kind`, or does not, sleeping.
    private func sleeping(_ kind: String, isListed: Bool, path: String? = nil, _ body: (Bundle) throws -> Void) throws {
        try Bundle.with { config in
            config.share(kind)
            if kind == "mount" { config["linux"]["maskedPaths"] = .null }
            if kind == "uts", !isListed { config["hostname"] = .null }
            if kind == "cgroup" { config.unmount("/sys/fs/cgroup") }
            if kind == "network", !isListed { config.unmount("/sys") }
            if isListed {
                if kind == "user" {
                    config.mapUsers()
                } else {
                    var entry: JSON = ["type": .string(kind)]
                    if let path { entry["path"] = .string(path) }
                    config["linux"]["namespaces"].append(entry)
                }
            }
            config.args = ["/bin/sleep", "1000"]
        } _: { bundle throws in
            #expect(try bundle.create().exit == 0)
            #expect(try bundle.start().exit == 0)
            try body(bundle)
        }
    }

    @Test("config-linux.md, Namespaces: path is absolute; a relative one is an error")
    func relativePath() throws {
        try Bundle.with { bundle throws in try bundle.expectNoContainer { $0.join("ipc", at: "proc/self/ns/ipc") } }
    }

    @Test(
        "config-linux.md, Namespaces: the process is placed in the namespace of path",
        arguments: ["pid", "network", "ipc", "uts"])
    func joined(kind: String) throws {
        try sleeping(kind, isListed: true) { first throws in
            let file = ["network": "net"][kind] ?? kind
            try sleeping(kind, isListed: true, path: "/proc/\(first.pid)/ns/\(file)") { second throws in
                #expect(Self.link(kind, of: "\(first.pid)") == Self.link(kind, of: "\(second.pid)"))
            }
        }
    }

    @Test(
        "config-linux.md, Namespaces: a path of another type is an error", arguments: ["network", "ipc", "uts", "pid"])
    func wrongType(kind: String) throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0.join(kind, at: "/proc/self/ns/" + (kind == "ipc" ? "uts" : "ipc")) }
        }
    }

    @Test("config-linux.md, Namespaces: without path a new one is made", arguments: kinds)
    func made(kind: String) throws {
        try sleeping(kind, isListed: true) { bundle throws in
            #expect(Self.link(kind, of: "\(bundle.pid)") != Self.link(kind, of: "self"))
        }
    }

    @Test(
        "config-linux.md, Namespaces: a type that is not listed is inherited",
        arguments: ["pid", "network", "ipc", "uts", "user", "cgroup", "time"])
    func inherited(kind: String) throws {
        try sleeping(kind, isListed: false) { bundle throws in
            #expect(Self.link(kind, of: "\(bundle.pid)") == Self.link(kind, of: "self"))
        }
    }

    @Test("config-linux.md, Namespaces: a type listed twice is an error")
    func twice() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["linux"]["namespaces"].append(["type": "ipc"]) }
        }
    }

    @Test(
        "config-linux.md, Devices: listed devices are available", arguments: [("c", 10, 229), ("b", 7, 0), ("p", 0, 0)])
    func devices(type: String, major: Int, minor: Int) throws {
        let output = try Bundle.output(of: "stat -c '%F %t:%T %a' /opt/device") {
            var device: JSON = ["path": "/opt/device", "type": .string(type), "fileMode": 432]
            if type != "p" {
                device["major"] = .int(major)
                device["minor"] = .int(minor)
            }
            $0["linux"]["devices"] = [device]
        }
        let kind = ["c": "character special file", "b": "block special file", "p": "fifo"][type] ?? ""
        let numbers = String(major, radix: 16) + ":" + String(minor, radix: 16)
        #expect(output == "\(kind) \(numbers) 660\n")
    }

    @Test("config-linux.md, Devices: another file at path is an error")
    func deviceInTheWay() throws {
        try Bundle.with { bundle throws in
            try Files.makeFolder(bundle.rootfs + "/opt")
            try Files.write(bundle.rootfs + "/opt/device", "")
            try bundle.expectNoContainer {
                $0["linux"]["devices"] = [["path": "/opt/device", "type": "c", "major": 1, "minor": 3]]
            }
        }
    }

    @Test("config-linux.md, Default Devices: null, zero, full, random, urandom, tty and ptmx are there")
    func defaults() throws {
        let output = try Bundle.output(
            of:
                "cd /dev; stat -c '%n %t:%T' null zero full random urandom tty; test -e ptmx && echo ptmx; stat -Lc %t:%T ptmx"
        )
        #expect(
            output.lines == [
                "null 1:3", "zero 1:5", "full 1:7", "random 1:8", "urandom 1:9", "tty 5:0", "ptmx", "5:2",
            ])
    }

    @Test("runtime-linux.md, Dev symbolic links: fd, stdin, stdout and stderr")
    func links() throws {
        let output = try Bundle.output(of: "cd /dev; for n in fd stdin stdout stderr; do readlink $n; done")
        #expect(output.lines == ["/proc/self/fd", "/proc/self/fd/0", "/proc/self/fd/1", "/proc/self/fd/2"])
    }

    @Test(
        "config-linux.md, Masked Paths and Readonly Paths: relative ones are an error",
        arguments: ["maskedPaths", "readonlyPaths"])
    func relativePaths(property: String) throws {
        try Bundle.with { bundle throws in try bundle.expectNoContainer { $0["linux"][property] = ["proc/kcore"] } }
    }

    @Test("config-linux.md, IntelRdt: without a mounted resctrl it is an error")
    func resourceControl() throws {
        try Bundle.with { bundle throws in
            try bundle.expectNoContainer { $0["linux"]["intelRdt"] = ["closID": "guaranteed"] }
        }
    }
}
