import Glibc
import TestSupport
import Testing

/// Many containers, at once and one after another: all of them end, and leave nothing.
@Suite("Load", .inMachine, .serialized)
struct LoadTests {
    /// The machine's resources, for a comparison before and after. Other tests run at the same time, so the limits are
    /// loose.
    struct Usage {
        var cgroups = 0
        var mounts = 0
        var files = 0
        var processes = 0
        /// KiB.
        var available = 0
        /// KiB that the kernel holds and cannot release.
        var unreclaimable = 0

        init() {
            try? Files.write("/proc/sys/vm/drop_caches", "3")
            let cgroup = (Files.value("/sys/fs/cgroup/cgroup.stat") ?? "").lines
            cgroups = cgroup.first { $0.hasPrefix("nr_descendants ") }.flatMap { Int($0.words[1]) } ?? 0
            mounts = MountTable.here.count
            files = (Files.value("/proc/sys/fs/file-nr") ?? "").words.first.flatMap { Int($0) } ?? 0
            processes = Processes.all.count
            let memory = (Files.value("/proc/meminfo") ?? "").lines
            func field(_ name: String) -> Int {
                memory.first { $0.hasPrefix(name + ":") }.flatMap { Int($0.words[1]) } ?? 0
            }
            available = field("MemAvailable")
            unreclaimable = field("SUnreclaim")
        }
    }

    static let several = Host.isLong ? 200 : RuntimeUnderTest.isOurs ? 50 : 10
    static let many = Host.isLong ? 1000 : RuntimeUnderTest.isOurs ? 100 : 20

    /// Runs `call` for each id, at most fifty at once, and expects that all succeed.
    private func all(_ ids: [String], _ what: String, _ call: (String) throws -> Program) throws {
        var rest = ids[...]
        while !rest.isEmpty {
            let wave = try rest.prefix(50).map { (id: $0, program: try call($0)) }
            rest = rest.dropFirst(50)
            for (id, program) in wave {
                let outcome = program.outcome(within: 600)
                #expect(outcome.exit == 0, "\(what) \(id): \(outcome.said)")
            }
        }
    }

    @Test("many at once are created, started, killed and deleted", .timeLimit(.minutes(30)))
    func atOnce() throws {
        try Bundle.with {
            $0["linux"]["cgroupsPath"] = .null
            $0.args = ["/bin/sleep", "10000"]
        } _: { bundle in
            let before = Usage()
            let ids = (1...Self.several).map { "\(bundle.id)-\($0)" }
            func pid(_ id: String) -> pid_t { Files.value("\(bundle.folder)/\(id).pid").flatMap { pid_t($0) } ?? 0 }
            try all(ids, "create") {
                try bundle.begin("create", "--bundle", bundle.folder, "--pid-file", "\(bundle.folder)/\($0).pid", $0)
            }
            #expect(Set(ids.map(pid)).count == ids.count, "two containers have one pid")
            #expect(Leftovers.cgroups(named: bundle.id).count == ids.count)
            try all(ids, "start") { try bundle.begin("start", $0) }
            let listed = try JSON(try bundle.call("list", "--format", "json").output).items
            #expect(listed.count == ids.count)
            #expect(listed.allSatisfy { $0["status"] == "running" })
            let pids = ids.map(pid)
            try all(ids, "kill") { try bundle.begin("kill", $0, "KILL") }
            #expect(eventually(within: 120) { pids.allSatisfy(Processes.isGone) })
            try all(ids, "delete") { try bundle.begin("delete", $0) }
            bundle.expectNothingLeft()
            compare(before, Usage(), "\(ids.count) at once")
        }
    }

    @Test("many, one after another, leak nothing", .timeLimit(.minutes(60)))
    func inARow() throws {
        try Bundle.with { bundle in
            // the first one fills caches that stay
            #expect(try bundle.run().exit == 0)
            let before = Usage()
            for number in 1...Self.many {
                let outcome = try bundle.run()
                #expect(outcome.exit == 0, "run \(number): \(outcome.said)")
                guard outcome.exit == 0 else { return }
                unlinkLogs(bundle)
            }
            bundle.expectNothingLeft()
            #expect(Files.names(bundle.state).filter { !$0.hasPrefix(".") } == [])
            compare(before, Usage(), "\(Self.many) in a row")
        }
    }

    private func unlinkLogs(_ bundle: Bundle) {
        for name in Files.names(bundle.folder + "/log") { unlink(bundle.folder + "/log/" + name) }
    }

    /// Expects less growth than a leak of one thing per container would cause.
    private func compare(_ before: Usage, _ after: Usage, _ what: String) {
        // other tests have a few containers at a time; a hundred leaked ones would be noticed
        let room = 60
        var after = after
        // on a busy machine, ended processes are not reaped at once
        _ = eventually(within: 60) {
            after = Usage()
            return after.processes - before.processes < room && after.cgroups - before.cgroups < room
                && after.mounts - before.mounts < room
        }
        #expect(after.cgroups - before.cgroups < room, "cgroups after \(what)")
        #expect(after.mounts - before.mounts < room, "mounts after \(what)")
        #expect(after.processes - before.processes < room, "processes after \(what)")
        #expect(after.files - before.files < room * 8, "open files after \(what)")
        #expect(before.available - after.available < 150_000, "memory after \(what)")
        #expect(after.unreclaimable - before.unreclaimable < 60_000, "kernel memory after \(what)")
    }
}
