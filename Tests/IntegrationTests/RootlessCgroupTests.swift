import Glibc
import TestSupport
import Testing

/// The cgroup of an ordinary user's container: where root has delegated one, and where not.
@Suite("Cgroups without root", .inMachine)
struct RootlessCgroupTests {
    private static func limit(_ config: inout JSON) {
        config["linux"]["resources"]["pids"]["limit"] = 50
        config["linux"]["resources"]["memory"]["limit"] = 100_000_000
    }

    @Test("no permission and no limit: the container runs in its caller's cgroup, and nothing is said")
    func silence() throws {
        try UserBundle.with({ $0.shell("cat /proc/self/cgroup") }) { user in
            let outcome = try user.run()
            expectSuccess(outcome)
            #expect(outcome.output == "0::/\n", "\(outcome.said)")
            #expect(outcome.diagnostics.isEmpty, "\(outcome.said)")
        }
    }

    @Test("no permission and a limit: one clear line with the file, the controllers and who can help", .oursOnly)
    func refusal() throws {
        try UserBundle.with(Self.limit) { user in
            let outcome = try user.create()
            expectFailure(outcome, "rootless needs no limits + no cgrouppath", at: "/linux/resources")
            for word in ["make the cgroup /", "memory", "pids", "Delegate="] {
                #expect(outcome.said.contains(word), "no \(word): \(outcome.said)")
            }
            #expect(!Files.exists(user.state))
        }
    }

    @Test(
        "--rootless=false takes a missing permission for a failure, --rootless=true does not", .unless("rootless-word"))
    func option() throws {
        try UserBundle.with { user in
            let run = ["run", "--bundle", user.bundle.folder, user.bundle.id]
            let strict = try user.call("--rootless=false", run[0], run[1], run[2], run[3])
            #expect(strict.exit != 0, "\(strict.said)")
            for word in ["--rootless=true", "--rootless=auto"] {
                let outcome = try user.call(word, run[0], run[1], run[2], run[3])
                #expect(outcome.exit == 0, "\(outcome.said)")
            }
        }
    }

    @Test(
        "a delegated cgroup: limits, ps, pause, resume, update, events, and nothing is left",
        .unless("rootless-cgroup"))
    func delegated() throws {
        try UserBundle.with(
            delegated: true,
            {
                Self.limit(&$0)
                $0.args = ["/bin/sleep", "1000"]
            }
        ) { user in
            try user.launch()
            let id = user.bundle.id
            let own = (Files.value("/proc/\(user.bundle.pid)/cgroup") ?? "").dropFirst(3)
            let cgroup = "/sys/fs/cgroup" + own
            #expect(cgroup.hasPrefix(user.home ?? "?"), "\(own)")
            #expect(Files.value(cgroup + "/pids.max") == "50")
            #expect(Files.value(cgroup + "/memory.max") == "99999744")

            let processes = try user.call("ps", "--format", "json", id)
            #expect(try JSON(processes.output).items.map(\.int) == [Int(user.bundle.pid)], "\(processes.said)")
            expectSuccess(try user.call("pause", id))
            #expect(Files.value(cgroup + "/cgroup.freeze") == "1")
            #expect(user.status == "paused")
            expectSuccess(try user.call("resume", id))
            #expect(user.status == "running")
            expectSuccess(try user.call("update", "--pids-limit", "20", id))
            #expect(Files.value(cgroup + "/pids.max") == "20")
            let inside = try user.exec("cat /proc/self/cgroup")
            #expect(inside.output == "0::/\n", "\(inside.said)")
            if RuntimeUnderTest.kind != .crun {
                let events = try user.call("events", "--stats", id)
                #expect(try JSON(events.output)["data"]["pids"]["limit"].int == 20, "\(events.said)")
            }
            expectSuccess(try user.call("kill", id, "KILL"))
            #expect(eventually { user.status == "stopped" })
            expectSuccess(try user.call("delete", id))
            #expect(!Files.exists(cgroup))
        }
    }

    @Test(
        "a controller that is not delegated: the line names the controller, the file, and who can write it", .oursOnly)
    func controller() throws {
        try UserBundle.with(delegated: true, Self.limit) { user in
            let home = user.home ?? ""
            try Files.write(home + "/cgroup.subtree_control", "-pids")
            chown(home + "/cgroup.subtree_control", 0, 0)
            let outcome = try user.create()
            expectFailure(
                outcome, "pids.max can't be set: controller \"pids\" not available", at: "/linux/resources/pids")
            #expect(outcome.said.contains("uid 0 can grant it: echo +pids > \(home)/cgroup.subtree_control"))
            #expect(!Files.exists(user.state))
            #expect(Leftovers.cgroups(named: user.bundle.id).sorted() == [home, home + "/main"])
        }
    }

    @Test("called from outside of the delegated cgroup: one clear line, and the new cgroup is gone again", .oursOnly)
    func outside() throws {
        try UserBundle.with(delegated: true, Self.limit) { user in
            let home = (user.home ?? "").dropFirst("/sys/fs/cgroup".count)
            try user.bundle.edit { $0["linux"]["cgroupsPath"] = .string("\(home)/box") }
            let outcome = try user.call(
                "create", "--bundle", user.bundle.folder, user.bundle.id, inHome: false)
            expectFailure(outcome, "enter the cgroup \(home)/box: /sys/fs/cgroup/cgroup.procs: permission denied")
            #expect(!Files.exists(user.state))
            #expect(!Files.exists("/sys/fs/cgroup\(home)/box"))
        }
    }
}
