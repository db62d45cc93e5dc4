import Glibc
import TestSupport
import Testing

/// Namespaces: made, inherited and joined (WhatConfigMeans, "Namespaces").
@Suite("Namespaces", .inMachine)
struct NamespaceTests {
    /// The names in /proc/PID/ns, by the words of the spec.
    static let links = [
        "pid": "pid", "network": "net", "mount": "mnt", "ipc": "ipc", "uts": "uts", "user": "user", "cgroup": "cgroup",
        "time": "time",
    ]

    /// The texts of the links in /proc/PID/ns, by the words of the spec.
    static func of(_ pid: String) -> [String: String] {
        links.mapValues { Files.link("/proc/\(pid)/ns/\($0)") ?? "" }
    }

    @Test("each listed kind is new, each other kind is the host's")
    func made() throws {
        let host = Self.of("self")
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.launch()
            let inside = Self.of("\(bundle.pid)")
            for kind in Self.links.keys {
                #expect((inside[kind] != host[kind]) == !["user", "time"].contains(kind), "\(kind)")
            }
        }
        try Bundle.with {
            for kind in ["pid", "network", "ipc", "uts", "cgroup"] { $0.share(kind) }
            $0["hostname"] = .null
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            let inside = Self.of("\(bundle.pid)")
            for kind in Self.links.keys { #expect((inside[kind] != host[kind]) == (kind == "mount"), "\(kind)") }
        }
    }

    @Test(
        "in a pid namespace the program is pid 1 and a session leader; in the cgroup namespace its cgroup is the root")
    func first() throws {
        let output = try Bundle.output(
            of: "echo $$; cut -d' ' -f5,6 /proc/self/stat; cat /proc/self/cgroup; ls /proc | grep -c '^[0-9]'")
        #expect(output.lines.first == "1")
        #expect(output.lines.dropFirst().first == "1 1", "\(output)")
        #expect(output.lines.dropFirst(2).first == "0::/")
    }

    @Test("a new network namespace has lo, and it is up")
    func loopback() throws {
        let output = try Bundle.output(of: "cat /sys/class/net/lo/flags; ls /sys/class/net; ifconfig lo")
        #expect(output.lines.first == "0x9", "\(output)")
        #expect(output.contains("127.0.0.1"))
    }

    @Test("namespaces of another container are joined by path, as in a pod")
    func joined() throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            $0["hostname"] = "pod"
        } _: { pod in
            try pod.launch()
            try Bundle.with {
                for kind in ["pid", "network", "ipc", "uts"] {
                    $0.join(kind, at: "/proc/\(pod.pid)/ns/\(Self.links[kind] ?? "")")
                }
                $0["hostname"] = .null
                $0.shell("hostname; echo $$; ls /proc; sleep 1000")
            } _: { bundle in
                let running = try bundle.begin(
                    "run", "--pid-file", bundle.pidFile, "--bundle", bundle.folder, bundle.id)
                #expect(eventually { bundle.status == "running" && running.output.lines.contains("version") })
                let first = Self.of("\(pod.pid)"), second = Self.of("\(bundle.pid)")
                for kind in Self.links.keys {
                    #expect((first[kind] == second[kind]) == !["mount", "cgroup"].contains(kind), "\(kind)")
                }
                let lines = running.output.lines
                #expect(lines.first == "pod")
                #expect(lines.dropFirst().first != "1")
                #expect(lines.contains("1"), "the pod's first process is not seen")
                expectSuccess(try bundle.kill())
                #expect(running.outcome().exit == 137)
            }
            #expect(pod.status == "running")
        }
    }

    @Test("a namespace may be joined by any path that leads to it")
    func bound() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { pod in
            try pod.launch()
            let path = pod.folder + "/netns"
            try Files.write(path, "")
            #expect(mount("/proc/\(pod.pid)/ns/net", path, nil, UInt(MS_BIND), nil) == 0)
            defer { umount2(path, 0) }
            let output = try Bundle.output(of: "readlink /proc/self/ns/net") { $0.join("network", at: path) }
            #expect(output.trimmed == Files.link("/proc/\(pod.pid)/ns/net"))
        }
    }

    @Test(
        "a path of another kind, or that is no namespace, is refused with its place",
        arguments: [
            ("network", "/proc/self/ns/uts"), ("uts", "/proc/self/ns/net"), ("ipc", "/proc/self/ns/mnt"),
            ("pid", "/proc/self/ns/ipc"), ("network", "/etc/passwd"), ("ipc", "/nowhere"), ("uts", "/proc"),
            ("time", "/proc/self/ns/net"), ("cgroup", "/proc/self/ns/time"), ("user", "/proc/self/ns/pid"),
        ])
    func wrongPath(kind: String, path: String) throws {
        try Bundle.with {
            $0.join(kind, at: path)
            $0["hostname"] = .null
        } _: { bundle in
            try bundle.expectRefusal(at: "/linux/namespaces/\(["time", "user"].contains(kind) ? 6 : 5)")
        }
    }

    @Test("a kind listed twice, or unknown, is refused")
    func twice() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal(at: "/linux/namespaces/6", unless: "namespaces-twice") {
                $0["linux"]["namespaces"].append(["type": "pid"])
            }
            try bundle.expectRefusal(at: "/linux/namespaces/6/type") {
                $0["linux"]["namespaces"].append(["type": "colour"])
            }
        }
    }
}

/// User namespaces (WhatConfigMeans, "User namespaces").
@Suite("User namespaces", .inMachine)
struct UserNamespaceTests {
    @Test("ids are mapped as the config says, on both sides")
    func maps() throws {
        try Bundle.with {
            $0.mapUsers()
            $0["process"]["user"] = ["uid": 1000, "gid": 1001, "additionalGids": [7]]
            $0.shell("cat /proc/self/uid_map /proc/self/gid_map /proc/self/setgroups; id; touch /tmp/mine; sleep 1000")
        } _: { bundle in
            let running = try bundle.begin("run", "--pid-file", bundle.pidFile, "--bundle", bundle.folder, bundle.id)
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/mine") }, "\(running.diagnostics)")
            let lines = running.output.lines.map { $0.words.joined(separator: " ") }
            #expect(lines.prefix(3) == ["0 100000 65536", "0 100000 65536", "allow"])
            #expect(lines.last == "uid=1000(tester) gid=1001 groups=7", "\(lines)")
            #expect(Processes.status(bundle.pid, "Uid")?.words == ["101000", "101000", "101000", "101000"])
            #expect(Processes.status(bundle.pid, "Groups") == "100007")
            #expect(Files.status(bundle.rootfs + "/tmp/mine")?.st_uid == 101000)
            expectSuccess(try bundle.kill())
            #expect(running.outcome().exit == 137)
        }
    }

    @Test("a map may have several lines, up to one for every id")
    func manyLines() throws {
        let output = try Bundle.output(of: "cat /proc/self/uid_map; grep Uid /proc/self/status") {
            $0.mapUsers()
            $0["linux"]["uidMappings"] = .array(
                (0..<30).map { ["containerID": .int($0 * 10), "hostID": .int(200000 + $0 * 100), "size": 10] })
            $0["process"]["user"] = ["uid": 25, "gid": 0]
        }
        #expect(output.lines.count == 31)
        #expect(output.lines.last?.words == ["Uid:", "25", "25", "25", "25"])
    }

    @Test("all other namespaces belong to the new user namespace: its root may set the hostname and mount")
    func owner() throws {
        let script =
            "hostname new && mount -t tmpfs x /var && ifconfig lo 127.0.0.2 && hostname; grep Cap /proc/self/status"
        let output = try Bundle.output(of: script) {
            $0.mapUsers()
            $0.allCapabilities()
        }
        #expect(output.lines.first == "new", "\(output)")
        #expect(output.contains("CapEff:\t\(Capability.mask(Capability.names))"))
    }

    @Test("the default devices can be used, and no capability counts outside")
    func devices() throws {
        let script = "head -c 4 /dev/urandom | wc -c; echo x > /dev/null && echo null; ls -ln /dev/null | cut -c1-10"
        let output = try Bundle.output(of: script) {
            $0.mapUsers()
            $0.allCapabilities()
        }
        #expect(output.lines.map(\.trimmed) == ["4", "null", "crw-rw-rw-"], "\(output)")
    }

    @Test("a user namespace by path: joined with its maps, and together with namespaces that it owns")
    func joined() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.args = ["/bin/sleep", "1000"]
        } _: { pod in
            try pod.launch()
            func join(_ config: inout JSON, kinds: [String]) {
                for kind in kinds { config.join(kind, at: "/proc/\(pod.pid)/ns/\(NamespaceTests.links[kind] ?? "")") }
                config["hostname"] = .null
            }
            let links =
                "for n in user net uts ipc pid; do readlink /proc/self/ns/$n; done; id -u; cat /proc/self/uid_map"
            for kinds in [["user"], ["user", "network", "uts", "ipc"], ["user", "network", "uts", "ipc", "pid"]] {
                let output = try Bundle.output(of: links) {
                    if kinds.count == 4 || Difference.applies("joined-user-maps") { $0.mapUsers() }
                    join(&$0, kinds: kinds)
                }
                let first = NamespaceTests.of("\(pod.pid)")
                let expected = ["user", "network", "uts", "ipc", "pid"].map { first[$0] ?? "" }
                for (kind, pair) in zip(["user", "network", "uts", "ipc", "pid"], zip(output.lines, expected)) {
                    #expect((pair.0 == pair.1) == kinds.contains(kind), "\(kind) of \(kinds): \(output)")
                }
                #expect(output.lines.last?.words == ["0", "100000", "65536"])
                #expect(output.lines.dropFirst(5).first == "0")
            }
        }
    }

    @Test("impossible maps are refused")
    func wrongMaps() throws {
        try Bundle.with({ $0.mapUsers() }) { bundle in
            try bundle.expectRefusal(at: "/linux/uidMappings", unless: "maps-absent") {
                $0["linux"]["uidMappings"] = .null
            }
            try bundle.expectRefusal(at: "/linux/uidMappings") {
                $0["linux"]["uidMappings"] = [["containerID": 0, "hostID": 1, "size": 0]]
            }
            try bundle.expectRefusal(at: "/linux/uidMappings") {
                $0["linux"]["uidMappings"] = [
                    ["containerID": 0, "hostID": 1, "size": 10], ["containerID": 5, "hostID": 100, "size": 10],
                ]
            }
            try bundle.expectRefusal(at: "/process/user/uid", unless: "process-unchecked") {
                $0["process"]["user"]["uid"] = 70000
            }
            try bundle.expectRefusal(at: "/process/user/gid", unless: "process-unchecked") {
                $0["process"]["user"]["gid"] = 70000
            }
        }
    }
}
