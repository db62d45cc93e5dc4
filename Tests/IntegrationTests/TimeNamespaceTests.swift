import Glibc
import TestSupport
import Testing

/// Time namespaces, and all eight kinds together (WhatConfigMeans, "Time namespaces").
@Suite("Time namespaces", .inMachine)
struct TimeNamespaceTests {
    static let kinds = ["pid", "network", "mount", "ipc", "uts", "user", "cgroup", "time"]

    /// Seconds since boot, as /proc/uptime says.
    private func uptime(_ text: String) -> Double { Double(text.words.first ?? "") ?? -1 }

    @Test(
        "timeOffsets: the container's clocks are shifted, the host's are not", .unless("time-offsets"),
        .unless("time-namespaces"),
        arguments: [false, true])
    func offsets(isMapped: Bool) throws {
        let here = Files.link("/proc/self/ns/time")
        let before = uptime(try Files.text("/proc/uptime"))
        let output = try Bundle.output(of: "cat /proc/uptime /proc/self/timens_offsets; readlink /proc/self/ns/time") {
            if isMapped { $0.mapUsers() }
            $0["linux"]["namespaces"].append(["type": "time"])
            $0["linux"]["timeOffsets"] = [
                "monotonic": ["secs": 3600, "nanosecs": 500], "boottime": ["secs": 86400, "nanosecs": 999_999_999],
            ]
        }
        let lines = output.lines
        let shift = uptime(output) - before
        #expect(shift > 86400 && shift < 86400 + 120, "\(output)")
        #expect(
            lines.dropFirst().prefix(2).map { $0.words } == [
                ["monotonic", "3600", "500"], ["boottime", "86400", "999999999"],
            ])
        #expect(lines.last != here)
        #expect(Files.link("/proc/self/ns/time") == here)
    }

    @Test("timeOffsets: seconds below zero, and one clock alone", .unless("time-offsets"), .unless("time-namespaces"))
    func backwards() throws {
        let output = try Bundle.output(of: "cat /proc/self/timens_offsets") {
            $0["linux"]["namespaces"].append(["type": "time"])
            $0["linux"]["timeOffsets"] = ["boottime": ["secs": -1, "nanosecs": 250]]
        }
        #expect(output.lines.map(\.words) == [["monotonic", "0", "0"], ["boottime", "-1", "250"]])
    }

    @Test(
        "a new time namespace needs no offsets; the container's age is the host's count", .unless("time-offsets"),
        .unless("time-namespaces"))
    func age() throws {
        try Bundle.with {
            $0["linux"]["namespaces"].append(["type": "time"])
            $0["linux"]["timeOffsets"]["boottime"]["secs"] = 1_000_000
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            // The recorded start time was read on the host's clock. Otherwise the process would look like another one.
            #expect(bundle.status == "running")
            #expect(NamespaceTests.of("\(bundle.pid)")["time"] != NamespaceTests.of("self")["time"])
            expectSuccess(try bundle.kill())
            #expect(eventually { bundle.status == "stopped" })
        }
    }

    @Test("impossible offsets are refused with their place", .unless("time-offsets"), .unless("time-namespaces"))
    func wrongOffsets() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("time namespace", at: "/linux/timeOffsets", unless: "time-offsets-unchecked") {
                $0["linux"]["timeOffsets"]["monotonic"]["secs"] = 1
            }
            try bundle.expectRefusal("time namespace", at: "/linux/timeOffsets", unless: "time-offsets-unchecked") {
                $0.join("time", at: "/proc/self/ns/time")
                $0["linux"]["timeOffsets"]["monotonic"]["secs"] = 1
            }
            let wrong: [(String, JSON, String)] = [
                ("realtime", ["secs": 1], "realtime"), ("boottime", ["nanosecs": 1_000_000_000], "a second or more"),
                ("boottime", ["secs": -1_000_000_000], "out of range"),
                ("monotonic", ["secs": .number("9223372036854775807")], "out of range"),
            ]
            for (clock, offset, words) in wrong {
                try bundle.expectRefusal(words, at: "/linux/timeOffsets/" + clock) {
                    $0["linux"]["namespaces"].append(["type": "time"])
                    $0["linux"]["timeOffsets"] = [clock: offset]
                }
            }
        }
    }

    @Test(
        "all eight kinds are made new, in whichever order they are listed", .unless("time-namespaces"),
        arguments: 0..<16)
    func allNew(turn: Int) throws {
        let host = NamespaceTests.of("self")
        try Bundle.with {
            $0.mapUsers()
            $0["linux"]["namespaces"] = .array(Self.order(turn).map { ["type": .string($0)] })
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            let inside = NamespaceTests.of("\(bundle.pid)")
            for kind in Self.kinds { #expect(inside[kind] != host[kind] && inside[kind] != "", "\(kind)") }
        }
    }

    @Test(
        "all eight kinds are joined, in whichever order they are listed", .unless("time-namespaces"),
        arguments: 0..<16, [false, true])
    func allJoined(turn: Int, hasUser: Bool) throws {
        var words = ["unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--cgroup", "--time"]
        if hasUser { words += ["--user", "--map-root-user"] }
        let parent = try Program.start(words + ["--boottime", "5000", "sleep", "1000"])
        var sleeper: pid_t = 0
        #expect(
            eventually {
                sleeper = Processes.children(of: parent.pid).first ?? 0
                return Files.link("/proc/\(sleeper)/exe")?.hasSuffix("/sleep") == true
            }, "\(parent.diagnostics)")
        defer {
            kill(sleeper, SIGKILL)
            _ = parent.outcome()
        }
        let kinds = hasUser ? Self.kinds : Self.kinds.filter { $0 != "user" }
        let links = kinds.map { "/proc/self/ns/" + (NamespaceTests.links[$0] ?? "") }.joined(separator: " ")
        let output = try Bundle.output(of: "for n in \(links); do readlink $n; done; cat /proc/uptime; sleep 0.2") {
            $0["linux"]["namespaces"] = .array([])
            for kind in Self.order(turn) where kinds.contains(kind) {
                $0.join(kind, at: "/proc/\(sleeper)/ns/\(NamespaceTests.links[kind] ?? "")")
            }
            $0["hostname"] = .null
            // One group is mapped there, and no device cgroup of ours is above it.
            $0.unmount("/dev/pts")
        }
        let expected = NamespaceTests.of("\(sleeper)")
        for (kind, link) in zip(kinds, output.lines) { #expect(link == expected[kind], "\(kind)") }
        #expect(uptime(output.lines.last ?? "") > 5000, "\(output)")
    }

    /// The eight kinds, rotated by `turn`, and from the eighth turn on backwards.
    private static func order(_ turn: Int) -> [String] {
        let kinds = turn < 8 ? Self.kinds : Self.kinds.reversed()
        return Array(kinds[(turn % 8)...] + kinds[..<(turn % 8)])
    }

    @Test(
        "a joined user namespace: maps that are its own are no more than said twice",
        .unless("joined-maps-unchecked"))
    func maps() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.args = ["/bin/sleep", "1000"]
        } _: { pod in
            try pod.launch()
            func join(_ config: inout JSON) {
                config.mapUsers()
                config.join("user", at: "/proc/\(pod.pid)/ns/user")
            }
            let output = try Bundle.output(of: "cat /proc/self/uid_map; readlink /proc/self/ns/user", join)
            #expect(
                output.lines.map(\.words) == [
                    ["0", "100000", "65536"], [Files.link("/proc/\(pod.pid)/ns/user") ?? ""],
                ])
            // The same map in two pieces, in the other order.
            let pieces: JSON = [
                ["containerID": 1000, "hostID": 101000, "size": 64536],
                ["containerID": 0, "hostID": 100000, "size": 1000],
            ]
            let uid = try Bundle.output(of: "id -u") {
                join(&$0)
                $0["linux"]["uidMappings"] = pieces
            }
            #expect(uid == "0\n")
            try Bundle.with(join) { bundle in
                for (key, change) in [("uidMappings", "hostID"), ("gidMappings", "size")] {
                    try bundle.expectRefusal("has other mappings: 0 100000 65536", at: "/linux/\(key)") {
                        $0["linux"][key][0][change] = 5
                    }
                }
            }
        }
    }
}
