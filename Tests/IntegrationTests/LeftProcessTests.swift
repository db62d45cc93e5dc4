import Glibc
import TestSupport
import Testing

/// Processes that are not in the recorded cgroup, or outlive init.
@Suite("Left processes", .inMachine)
struct LeftProcessTests {
    /// Runs `body` with a container in the host's pid namespace whose init has ended and whose other process goes on.
    private func withLeft(_ body: (Bundle, pid_t) throws -> Void) throws {
        try Bundle.with {
            $0.share("pid")
            $0.shell("trap '' HUP; sleep 1000 & echo $! > /tmp/left; sleep 0.3")
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { bundle.status == "stopped" })
            let left = pid_t(Files.value(bundle.rootfs + "/tmp/left") ?? "") ?? 0
            #expect(!Processes.isGone(left))
            try body(bundle, left)
        }
    }

    @Test("ps lists what goes on after init, in a pid namespace that is the host's")
    func listed() throws {
        try withLeft { bundle, left in
            let listed = try bundle.call("ps", "--format", "json", bundle.id)
            #expect(try JSON(listed.output).items == [.int(Int(left))], "\(listed.said)")
        }
    }

    @Test(
        "kill KILL and kill --all end what goes on after init", .unless("left-unkilled"),
        arguments: [["KILL"], ["--all", "KILL"], ["--all", "TERM"]])
    func killed(words: [String]) throws {
        try withLeft { bundle, left in
            let isAll = words.count > 1
            let outcome = try bundle.call(["kill"] + words.dropLast() + [bundle.id] + words.suffix(1))
            #expect(outcome.exit == 0, "\(outcome.said)")
            #expect(eventually { Processes.isGone(left) })
            // now no process is left
            #expect(eventually { Files.value(bundle.cgroup + "/cgroup.procs") == "" })
            #expect(
                try bundle.call(["kill"] + words.dropLast() + [bundle.id] + words.suffix(1)).exit == (isAll ? 0 : 1))
        }
    }

    @Test("a signal without --all does not reach them", .oursOnly)
    func spared() throws {
        try withLeft { bundle, left in
            expectFailure(try bundle.kill("TERM"), "container not running")
            usleep(100_000)
            #expect(!Processes.isGone(left))
        }
    }

    @Test(
        "exec follows init into its present cgroup if the container's own is gone", .unless("moved-init"))
    func movedInit() throws {
        try Bundle.running { bundle in
            let other = bundle.cgroup + "-other"
            try Files.makeFolder(other)
            defer { rmdir(other) }
            try Files.write(other + "/cgroup.procs", "\(bundle.pid)")
            #expect(eventually { rmdir(bundle.cgroup) == 0 })
            let outcome = try bundle.exec(
                ["/bin/sh", "-c", "read -r line < /proc/self/cgroup; echo $line; sleep 1"],
                ["--detach", "--pid-file", bundle.folder + "/added"])
            #expect(outcome.exit == 0, "\(outcome.said)")
            let added = Files.value(bundle.folder + "/added") ?? ""
            #expect(Files.value("/proc/\(added)/cgroup") == "0::/\(bundle.id)-other")
            expectSuccess(try bundle.kill("KILL"))
            #expect(eventually { Files.value(other + "/cgroup.procs") == "" })
            _ = try bundle.delete(force: true)
        }
    }

    @Test("kill KILL ends an init in the host's pid namespace that is no longer in the container's cgroup", .oursOnly)
    func movedSharedInit() throws {
        try Bundle.with {
            $0.share("pid")
            $0.args = ["/bin/sleep", "1000"]
        } _: { bundle in
            try bundle.launch()
            let other = bundle.cgroup + "-other"
            try Files.makeFolder(other)
            defer { rmdir(other) }
            try Files.write(other + "/cgroup.procs", "\(bundle.pid)")
            #expect(eventually { rmdir(bundle.cgroup) == 0 })
            let pid = bundle.pid
            expectSuccess(try bundle.kill("KILL"))
            #expect(eventually { Processes.isGone(pid) })
            #expect(eventually { rmdir(other) == 0 })
        }
    }
}
