import Glibc
import Testing

/// When, where and as what the program runs: scheduler, ioPriority, execCPUAffinity, memoryPolicy, personality
/// (WhatConfigMeans, "Scheduling").
@Suite("Scheduling", .inMachine)
struct SchedulingTests {
    /// Runs `body` with the pid of the program of a container that `edit` shapes.
    private func running(_ edit: (inout JSON) -> Void, _ body: (pid_t) throws -> Void) throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            edit(&$0)
        } _: { bundle in
            try bundle.launch()
            try body(bundle.pid)
        }
    }

    /// Field `number` of /proc/PID/stat, counted as in proc(5).
    private func field(_ number: Int, of pid: pid_t) -> Int? {
        guard let fields = Processes.fields(pid), fields.count > number - 3 else { return nil }
        return Int(fields[number - 3])
    }

    struct Policy: Sendable, CustomTestStringConvertible {
        var name: String
        var number: Int
        var nice = 0
        var priority = 0
        var testDescription: String { name }
    }

    @Test(
        "scheduler: the policy with its nice value or priority, also in a user namespace", .unless("scheduling"),
        arguments: [
            Policy(name: "SCHED_OTHER", number: 0, nice: -5), Policy(name: "SCHED_OTHER", number: 0, nice: 19),
            Policy(name: "SCHED_BATCH", number: 3, nice: 7), Policy(name: "SCHED_IDLE", number: 5),
            Policy(name: "SCHED_FIFO", number: 1, priority: 3), Policy(name: "SCHED_RR", number: 2, priority: 9),
        ], [false, true])
    func scheduler(policy: Policy, isMapped: Bool) throws {
        try running {
            if isMapped { $0.mapUsers() }
            $0["process"]["scheduler"] = [
                "policy": .string(policy.name), "nice": .int(policy.nice), "priority": .int(policy.priority),
            ]
        } _: { pid in
            #expect(field(41, of: pid) == policy.number)
            #expect(field(40, of: pid) == policy.priority)
            #expect(field(19, of: pid) == policy.nice)
        }
    }

    @Test("scheduler: SCHED_DEADLINE with its three times and its flag", .unless("scheduling"))
    func deadline() throws {
        try running {
            $0["process"]["scheduler"] = [
                "policy": "SCHED_DEADLINE", "runtime": 1_000_000, "deadline": 20_000_000, "period": 50_000_000,
                "flags": ["SCHED_FLAG_RESET_ON_FORK"],
            ]
        } _: { pid in
            #expect(field(41, of: pid) == 6)
            let words = try Program.run(["chrt", "--pid", "\(pid)"]).output
            #expect(words.contains("1000000/20000000/50000000"), "\(words)")
            #expect(words.contains("SCHED_RESET_ON_FORK"), "\(words)")
        }
    }

    @Test("scheduler: a property that does not fit the policy is refused with its place", .unless("scheduling"))
    func wrongScheduler() throws {
        let wrong: [(JSON, String, String)] = [
            (["policy": "SCHED_FAIR"], "/policy", "SCHED_FAIR"), (["nice": 1], "", "policy"),
            (["policy": "SCHED_OTHER", "nice": -21], "/nice", "-21"),
            (["policy": "SCHED_BATCH", "nice": 20], "/nice", "20"),
            (["policy": "SCHED_OTHER", "priority": 1], "/priority", "SCHED_FIFO or SCHED_RR"),
            (["policy": "SCHED_FIFO", "priority": 1, "runtime": 1], "/runtime", "SCHED_DEADLINE"),
            (["policy": "SCHED_RR", "priority": 100], "", "invalid argument"),
            (["policy": "SCHED_ISO"], "", "invalid argument"),
            (["policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_FAST"]], "/flags/0", "SCHED_FLAG_FAST"),
        ]
        try Bundle.with { bundle in
            for (scheduler, place, words) in wrong {
                try bundle.expectRefusal(words, at: "/process/scheduler" + place) {
                    $0["process"]["scheduler"] = scheduler
                }
            }
            try bundle.expectRefusal("can't be used together with AllowedCPUs", at: "/process/scheduler") {
                $0["linux"]["resources"]["cpu"]["cpus"] = "0"
                $0["process"]["scheduler"] = [
                    "policy": "SCHED_DEADLINE", "runtime": 1_000_000, "deadline": 20_000_000, "period": 50_000_000,
                ]
            }
        }
    }

    @Test(
        "ioPriority: the class and its level", .unless("scheduling"),
        arguments: [
            ("IOPRIO_CLASS_RT", 4, "realtime: prio 4"), ("IOPRIO_CLASS_BE", 7, "best-effort: prio 7"),
            ("IOPRIO_CLASS_BE", 0, "best-effort: prio 0"), ("IOPRIO_CLASS_IDLE", 0, "idle"),
        ], [false, true])
    func ioPriority(one: (String, Int, String), isMapped: Bool) throws {
        try running {
            if isMapped { $0.mapUsers() }
            $0["process"]["ioPriority"] = ["class": .string(one.0), "priority": .int(one.1)]
        } _: { pid in
            let words = try Program.run(["ionice", "--pid", "\(pid)"]).output
            #expect(words.trimmed == one.2)
        }
    }

    @Test("ioPriority: an unknown class or level is refused with its place", .unless("scheduling"))
    func wrongIOPriority() throws {
        try Bundle.with { bundle in
            for level in [-1, 8] {
                try bundle.expectRefusal("from 0 to 7", at: "/process/ioPriority/priority") {
                    $0["process"]["ioPriority"] = ["class": "IOPRIO_CLASS_BE", "priority": .int(level)]
                }
            }
            try bundle.expectRefusal("IOPRIO_CLASS_NONE", at: "/process/ioPriority/class") {
                $0["process"]["ioPriority"] = ["class": "IOPRIO_CLASS_NONE", "priority": 0]
            }
        }
    }

    @Test("a container runs on every processor, though its caller was pinned to one", .unless("affinity"))
    func affinity() throws {
        try Bundle.with {
            $0.args = ["/bin/grep", "Cpus_allowed_list", "/proc/self/status"]
        } _: { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/pinned")
            let outcome = try Program.run(["taskset", "--cpu-list", "1"] + words)
            #expect(outcome.output.words.last == Processes.status(1, "Cpus_allowed_list"), "\(outcome.said)")
        }
    }

    @Test("a container keeps to its cpuset, even if its caller was pinned to other processors", .unless("affinity"))
    func affinityInCpuset() throws {
        try Bundle.with {
            $0["linux"]["resources"]["cpu"]["cpus"] = "0"
            $0.args = ["/bin/grep", "Cpus_allowed_list", "/proc/self/status"]
        } _: { bundle in
            let words = bundle.words(["run", "--bundle", bundle.folder, bundle.id], log: bundle.folder + "/log/pinned")
            let outcome = try Program.run(["taskset", "--cpu-list", "1"] + words)
            #expect(outcome.output.words.last == "0", "\(outcome.said)")
        }
    }

    @Test("execCPUAffinity: has no effect on the container's own program, but must be a list of processors")
    func execAffinity() throws {
        try running {
            $0["process"]["execCPUAffinity"] = ["initial": "0", "final": "0"]
        } _: { pid in
            #expect(Processes.status(pid, "Cpus_allowed_list") == Processes.status(1, "Cpus_allowed_list"))
        }
        try Bundle.with { bundle in
            for (key, list) in [("initial", "0-"), ("final", "1-0"), ("final", "all"), ("initial", "0,,1")] {
                try bundle.expectRefusal(
                    "list of processors", at: "/process/execCPUAffinity/\(key)", unless: "affinity-unchecked"
                ) { $0["process"]["execCPUAffinity"] = [key: .string(list)] }
            }
        }
    }

    @Test(
        "memoryPolicy: the mode with its nodes and flags", .unless("scheduling"),
        arguments: [
            ("MPOL_BIND", "0", [], "bind:0"), ("MPOL_INTERLEAVE", "0", [], "interleave:0"),
            ("MPOL_PREFERRED", "0", [], "prefer:0"), ("MPOL_PREFERRED", "", [], "local"),
            ("MPOL_PREFERRED_MANY", "0", [], "prefer (many):0"), ("MPOL_LOCAL", "", [], "local"),
            ("MPOL_DEFAULT", "", [], "default"), ("MPOL_BIND", "0", ["MPOL_F_STATIC_NODES"], "bind=static:0"),
            ("MPOL_INTERLEAVE", "0", ["MPOL_F_RELATIVE_NODES"], "interleave=relative:0"),
        ] as [(String, String, [String], String)])
    func memoryPolicy(mode: String, nodes: String, flags: [String], shown: String) throws {
        try running {
            $0["linux"]["memoryPolicy"] = ["mode": .string(mode), "nodes": .string(nodes), "flags": .words(flags)]
        } _: { pid in
            let lines = try Files.text("/proc/\(pid)/numa_maps").lines.filter { $0.contains("stack") }
            #expect(lines.count == 1 && lines[0].contains(" \(shown) "), "\(lines)")
        }
    }

    @Test("memoryPolicy: nodes that the mode requires or forbids, or that do not exist", .unless("scheduling"))
    func wrongMemoryPolicy() throws {
        let wrong: [(JSON, String)] = [
            (["mode": "MPOL_BIND"], "/nodes"), (["mode": "MPOL_INTERLEAVE", "nodes": ""], "/nodes"),
            (["mode": "MPOL_WEIGHTED_INTERLEAVE"], "/nodes"), (["mode": "MPOL_PREFERRED_MANY"], "/nodes"),
            (["mode": "MPOL_DEFAULT", "nodes": "0"], "/nodes"), (["mode": "MPOL_LOCAL", "nodes": "0"], "/nodes"),
            (["mode": "MPOL_BIND", "nodes": "0;1"], "/nodes"), (["mode": "MPOL_BIND", "nodes": "99999"], "/nodes"),
            (["mode": "MPOL_BIND", "nodes": "900"], ""), (["mode": "MPOL_MAGIC"], "/mode"),
            (["nodes": "0"], ""), (["mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_FAST"]], "/flags/0"),
        ]
        try Bundle.with { bundle in
            for (policy, place) in wrong {
                try bundle.expectRefusal(at: "/linux/memoryPolicy" + place) { $0["linux"]["memoryPolicy"] = policy }
            }
        }
    }

    @Test("personality: with LINUX32 the machine is a 32-bit one, with LINUX it is not", .unless("personality"))
    func personality() throws {
        for (domain, machine) in [("LINUX32", "i686"), ("LINUX", "x86_64")] {
            let output = try Bundle.output(of: "uname -m; cat /proc/self/personality") {
                $0["linux"]["personality"] = ["domain": .string(domain)]
            }
            #expect(output.lines == [machine, domain == "LINUX" ? "00000000" : "00000008"], "\(output)")
        }
    }

    @Test("personality: an unknown domain, and any flag, are refused with their place", .unless("personality"))
    func wrongPersonality() throws {
        try Bundle.with { bundle in
            try bundle.expectRefusal("BSD", at: "/linux/personality/domain") {
                $0["linux"]["personality"] = ["domain": "BSD"]
            }
            try bundle.expectRefusal("STICKY", at: "/linux/personality/flags/0", unless: "personality-flags") {
                $0["linux"]["personality"] = ["domain": "LINUX", "flags": ["STICKY"]]
            }
        }
    }
}
