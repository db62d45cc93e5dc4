import Glibc
import TestSupport
import Testing

/// What a container sees of its cgroup, and what it may do there (WhatMountsMean, "cgroup").
@Suite("Cgroup mounts", .inMachine)
struct CgroupMountTests {
    static let place = "/sys/fs/cgroup"

    /// Changes the options of the cgroup mount to `options`.
    static func remount(_ config: inout JSON, _ options: [String]) {
        config.unmount(place)
        config.mount(place, options, type: "cgroup", source: "cgroup")
    }

    @Test("cgroup with a cgroup namespace: a cgroup2 whose root is the container's own cgroup")
    func own() throws {
        let output = try Bundle.output(
            of: "cat /proc/self/cgroup /sys/fs/cgroup/cgroup.procs; cat /proc/self/mountinfo")
        #expect(output.lines.prefix(2) == ["0::/", "1"], "\(output)")
        let entry = MountTable(output)[Self.place]
        #expect(entry?.type == "cgroup2" && entry?.root == "/")
    }

    @Test("cgroup2 as type is the same")
    func typeCgroup2() throws {
        let output = try Bundle.output(of: "cat /sys/fs/cgroup/cgroup.procs; cat /proc/self/mountinfo") {
            $0.unmount(Self.place)
            $0.mount(Self.place, ["ro"], type: "cgroup2", source: "cgroup2")
        }
        #expect(output.lines.first == "1")
        #expect(MountTable(output)[Self.place]?.type == "cgroup2")
    }

    @Test("cgroup without a cgroup namespace: the host's tree, read-only, with the container's in it")
    func host() throws {
        let output = try Bundle.output(
            of:
                "p=$(cut -d: -f3 /proc/self/cgroup); echo $p; cat /sys/fs/cgroup$p/cgroup.procs | wc -l; mkdir /sys/fs/cgroup/x 2>/dev/null || echo no"
        ) {
            $0.share("cgroup")
        }
        #expect(output.lines.first?.hasPrefix("/t") == true && output.lines.last == "no", "\(output)")
        #expect((Int(output.lines.dropFirst().first ?? "") ?? 0) > 0)
    }

    @Test(
        "cgroup in a user namespace without a cgroup namespace: the container's own cgroup is bound",
        .unless("cgroup-own-bound"))
    func bound() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.share("cgroup")
            Self.remount(&$0, ["nosuid", "noexec", "nodev", "relatime", "ro"])
            $0.shell("cat /sys/fs/cgroup/cgroup.procs | head -n 1; cat /proc/self/mountinfo")
        } _: { bundle in
            let outcome = try bundle.run()
            #expect(outcome.output.lines.first == "1", "\(outcome.said)")
            let entry = try #require(MountTable(outcome.output)[Self.place])
            #expect(entry.root.hasSuffix(bundle.id), "\(entry.line)")
            for word in ["ro", "nosuid", "noexec", "nodev"] { #expect(entry.has(word), "\(entry.line)") }
        }
    }

    @Test("cgroup that can be neither mounted nor bound: a read-only cover, never what is below", .oursOnly)
    func covered() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.share("cgroup")
            $0.shell(
                "ls -A /sys/fs/cgroup | wc -l; mkdir /sys/fs/cgroup/x 2>/dev/null || echo no; cat /proc/self/mountinfo")
        } _: { bundle in
            let words = bundle.words(
                ["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/covered")
            let strace = [
                "strace", "-f", "-qq", "-o", "/dev/null", "-P", bundle.cgroup, "-e", "trace=open_tree", "-e",
                "inject=open_tree:error=ENOENT",
            ]
            let outcome = try Program.run(strace + words, limit: 300)
            #expect(outcome.output.lines.prefix(2) == ["0", "no"], "\(outcome.said)")
            let entry = MountTable(outcome.output)[Self.place]
            #expect(entry?.type == "tmpfs" && entry?.has("ro") == true)
        }
    }

    static let delegated = (Files.value("/sys/kernel/cgroup/delegate") ?? "").lines

    @Test(
        "cgroup: rw with a cgroup namespace gives the container's user its cgroup, and all of the files to delegate",
        .unless("cgroup-delegation"), arguments: [true, false])
    func delegation(hasUserNamespace: Bool) throws {
        try Bundle.with {
            if hasUserNamespace { $0.mapUsers() }
            $0["process"]["user"] = ["uid": 1000, "gid": 1000]
            Self.remount(&$0, ["rw", "nosuid"])
            $0.shell(
                "cd /sys/fs/cgroup; mkdir own && echo $$ > own/cgroup.procs && cat /proc/self/cgroup; echo max > pids.max; sleep 1000"
            )
        } _: { bundle in
            let running = try bundle.begin("run", "--pid-file", bundle.pidFile, "--bundle", bundle.folder, bundle.id)
            #expect(eventually { running.output.contains("0::/own") }, "\(running.output)\(running.diagnostics)")
            let owner: uid_t = hasUserNamespace ? 101000 : 1000
            #expect(Files.status(bundle.cgroup)?.st_uid == owner)
            #expect(Self.delegated.count >= 3)
            for name in Self.delegated where Files.exists("\(bundle.cgroup)/\(name)") {
                #expect(Files.status("\(bundle.cgroup)/\(name)")?.st_uid == owner, "\(name)")
            }
            for name in ["pids.max", "memory.max", "cgroup.freeze"] {
                #expect(Files.status("\(bundle.cgroup)/\(name)")?.st_uid == 0, "\(name)")
            }
            #expect(eventually { running.diagnostics.lowercased().contains("permission denied") })
            expectSuccess(try bundle.kill())
            _ = running.outcome()
        }
    }

    @Test(
        "cgroup: without rw, or without a cgroup namespace, the container's user gets no file",
        .unless("cgroup-given-always"))
    func notDelegated() throws {
        try Bundle.with {
            $0.mapUsers()
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            #expect(Files.status(bundle.cgroup)?.st_uid == 0)
            try bundle.stop()
            expectSuccess(try bundle.delete())
        }
        try Bundle.with {
            $0.mapUsers()
            $0.share("cgroup")
            Self.remount(&$0, ["rw"])
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            #expect(Files.status(bundle.cgroup)?.st_uid == 0)
        }
    }
}
