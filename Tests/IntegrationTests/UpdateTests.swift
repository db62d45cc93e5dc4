import Glibc
import Testing

/// `update`: the files of the cgroup of a running container (WhatCallersExpect, "Update").
@Suite("Update", .inMachine)
struct UpdateTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var options: [String]
        var files: [(String, String)]
        /// The `linux.resources` at the start, without devices.
        var before: JSON = [:]
        /// The line of differences.txt. If it applies, the case is skipped.
        var difference: String?

        var testDescription: String { options.joined(separator: " ") }
    }

    static let cases: [Case] = [
        Case(options: ["--memory", "64m"], files: [("memory.max", "67108864")], difference: "update-sizes"),
        Case(options: ["--memory", "67108864"], files: [("memory.max", "67108864")]),
        Case(
            options: ["--memory", "-1"], files: [("memory.max", "max"), ("memory.swap.max", "max")],
            before: ["memory": ["limit": 67_108_864, "swap": 83_886_080]], difference: "update-sizes"),
        Case(
            options: ["--memory", "32M"], files: [("memory.max", "33554432"), ("memory.swap.max", "50331648")],
            before: ["memory": ["limit": 67_108_864, "swap": 83_886_080]], difference: "update-memory-alone"),
        Case(
            options: ["--memory-swap", "96m"], files: [("memory.max", "67108864"), ("memory.swap.max", "33554432")],
            before: ["memory": ["limit": 67_108_864]], difference: "update-memory-alone"),
        Case(
            options: ["--memory", "64m", "--memory-swap", "80m"],
            files: [("memory.max", "67108864"), ("memory.swap.max", "16777216")], difference: "update-sizes"),
        Case(options: ["--memory-reservation", "33554432"], files: [("memory.low", "33554432")]),
        Case(
            options: ["--cpu-quota", "50000"], files: [("cpu.max", "50000 200000")],
            before: ["cpu": ["quota": 20000, "period": 200_000]], difference: "update-alone"),
        Case(
            options: ["--cpu-period", "50000"], files: [("cpu.max", "20000 50000")],
            before: ["cpu": ["quota": 20000, "period": 200_000]], difference: "update-alone"),
        Case(
            options: ["--cpu-quota", "-1"], files: [("cpu.max", "max 200000")],
            before: ["cpu": ["quota": 20000, "period": 200_000]], difference: "update-alone"),
        Case(options: ["--cpu-share", "1024"], files: [("cpu.weight", "100")], difference: "cpu-weight-formula"),
        Case(
            options: ["--cpu-burst", "10000"], files: [("cpu.max.burst", "10000")],
            before: ["cpu": ["quota": 20000, "period": 200_000]], difference: "cpu-burst-idle"),
        Case(
            options: ["--cpu-idle", "1"], files: [("cpu.idle", "1")], before: ["cpu": ["shares": 512]],
            difference: "cpu-burst-idle"),
        Case(options: ["--cpuset-cpus", "0"], files: [("cpuset.cpus", "0")]),
        Case(options: ["--cpuset-mems", "0"], files: [("cpuset.mems", "0")]),
        Case(options: ["--pids-limit", "50"], files: [("pids.max", "50")]),
        Case(options: ["--pids-limit", "-1"], files: [("pids.max", "max")], before: ["pids": ["limit": 50]]),
        Case(
            options: ["--blkio-weight", "500"],
            files: [("io.bfq.weight", "default 500"), ("io.weight", "default 4950")]),
        Case(
            options: ["--memory", "64m", "--pids-limit", "9", "--cpu-quota", "5000", "--cpu-period", "10000"],
            files: [("memory.max", "67108864"), ("pids.max", "9"), ("cpu.max", "5000 10000")],
            difference: "update-sizes"),
    ]

    /// Runs a long sleep with these resources.
    private func running(_ resources: JSON = [:], _ body: (Bundle) throws -> Void) throws {
        try Bundle.with {
            $0.args = ["/bin/sleep", "1000"]
            for name in resources.keys { $0["linux"]["resources"][name] = resources[name] }
        } _: { bundle in
            try bundle.launch()
            try body(bundle)
        }
    }

    private func update(_ bundle: Bundle, resources: String) throws -> Outcome {
        try bundle.call(
            ["update", "--resources", "-", bundle.id], Program.Surroundings(input: .text(resources)))
    }

    @Test("each option changes the file of the cgroup", arguments: cases)
    func option(each: Case) throws {
        if let difference = each.difference, Difference.applies(difference) { return }
        try running(each.before) { bundle in
            expectSuccess(try bundle.call(["update"] + each.options + [bundle.id]))
            for (name, value) in each.files {
                guard let now = Files.value("\(bundle.cgroup)/\(name)") else { continue }
                #expect(now == value, "\(name)")
            }
        }
    }

    @Test("--resources FILE and - take linux.resources; the other options count for nothing then")
    func resources() throws {
        try running { bundle in
            let file = bundle.folder + "/resources.json"
            try Files.write(file, #"{"memory": {"limit": 67108864}, "pids": {"limit": 20}}"#)
            expectSuccess(try bundle.call("update", "--resources", file, "--pids-limit", "30", bundle.id))
            #expect(Files.value(bundle.cgroup + "/memory.max") == "67108864")
            #expect(Files.value(bundle.cgroup + "/pids.max") == "20")
            expectSuccess(try update(bundle, resources: #"{"pids": {"limit": 40}, "cpu": {"cpus": "0"}}"#))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "40")
            #expect(Files.value(bundle.cgroup + "/cpuset.cpus") == "0")
            #expect(Files.value(bundle.cgroup + "/memory.max") == "67108864")
        }
    }

    @Test("unified of --resources is written")
    func unified() throws {
        try running { bundle in
            expectSuccess(try update(bundle, resources: #"{"unified": {"memory.high": "50331648", "pids.max": "44"}}"#))
            #expect(Files.value(bundle.cgroup + "/memory.high") == "50331648")
            #expect(Files.value(bundle.cgroup + "/pids.max") == "44")
        }
    }

    @Test("limits of devices are added one by one", .unless("update-devices"))
    func throttle() throws {
        let (major, minor) = CgroupTests.disk
        let device: JSON = ["major": .int(major), "minor": .int(minor)]
        func rate(_ name: String, _ rate: Int) -> JSON {
            var entry = device
            entry["rate"] = .int(rate)
            return ["blockIO": [name: [entry]]]
        }
        try running(rate("throttleReadBpsDevice", 1_048_576)) { bundle in
            expectSuccess(try update(bundle, resources: rate("throttleWriteIOPSDevice", 100).text))
            #expect(
                Files.value(bundle.cgroup + "/io.max")
                    == "\(major):\(minor) rbps=1048576 wbps=max riops=max wiops=100")
        }
    }

    @Test(
        "devices are never touched: what the container could open before it can open after",
        .unless("update-device-rules"))
    func devices() throws {
        let script =
            "while :; do dd if=/dev/zero of=/tmp/said count=1 2>/tmp/error || echo no > /tmp/denied; sleep 0.05; done"
        try Bundle.with({ $0.shell(script) }) { bundle in
            try bundle.launch()
            let programs = try Program.run(["bpftool", "-j", "cgroup", "list", bundle.cgroup]).output
            expectSuccess(
                try update(
                    bundle, resources: #"{"devices": [{"allow": false, "access": "rwm"}], "pids": {"limit": 30}}"#))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "30")
            #expect(try Program.run(["bpftool", "-j", "cgroup", "list", bundle.cgroup]).output == programs)
            usleep(200_000)
            #expect(!Files.exists(bundle.rootfs + "/tmp/denied"))
        }
    }

    @Test("if the kernel refuses a value, the values written before are restored", .unless("update-half"))
    func takenBack() throws {
        try running(["pids": ["limit": 50], "memory": ["limit": 67_108_864]]) { bundle in
            let outcome = try update(
                bundle,
                resources: #"{"pids": {"limit": 60}, "memory": {"limit": 33554432}, "cpu": {"cpus": "0-1,999999"}}"#)
            expectFailure(outcome, "cpuset.cpus", at: "/linux/resources/cpu/cpus")
            #expect(Files.value(bundle.cgroup + "/pids.max") == "50")
            #expect(Files.value(bundle.cgroup + "/memory.max") == "67108864")
            // The recorded values are the real ones too: a later update builds on them.
            expectSuccess(try bundle.call("update", "--memory-swap", "96m", bundle.id))
            #expect(Files.value(bundle.cgroup + "/memory.swap.max") == "33554432")
        }
    }

    @Test(
        "a weight survives while the cgroup is idle, and survives a failed update that would have made it idle",
        .oursOnly)
    func weight() throws {
        try running(["cpu": ["shares": 2048]]) { bundle in
            let weight = try #require(Files.value(bundle.cgroup + "/cpu.weight"))
            let outcome = try update(bundle, resources: #"{"cpu": {"idle": 1, "cpus": "999999"}}"#)
            expectFailure(outcome, "cpuset.cpus", at: "/linux/resources/cpu/cpus")
            #expect(Files.value(bundle.cgroup + "/cpu.idle") == "0")
            #expect(Files.value(bundle.cgroup + "/cpu.weight") == weight && weight != "100")
            for idle in ["1", "0"] { expectSuccess(try bundle.call("update", "--cpu-idle", idle, bundle.id)) }
            #expect(Files.value(bundle.cgroup + "/cpu.weight") == weight)
        }
    }

    @Test("checkBeforeUpdate refuses a limit below the current use", .unless("update-check"))
    func checkBeforeUpdate() throws {
        try running { bundle in
            let outcome = try update(bundle, resources: #"{"memory": {"limit": 4096, "checkBeforeUpdate": true}}"#)
            expectFailure(outcome, "rejecting memory limit 4096 <= usage", at: "/linux/resources/memory/limit")
            #expect(Files.value(bundle.cgroup + "/memory.max") == "max")
            #expect(bundle.status == "running")
        }
    }

    @Test("one update builds on the other, and on what create set", .unless("update-alone"))
    func remembered() throws {
        try running(["cpu": ["quota": 20000, "period": 40000]]) { bundle in
            expectSuccess(try bundle.call("update", "--cpu-period", "80000", bundle.id))
            expectSuccess(try bundle.call("update", "--cpu-quota", "32000", bundle.id))
            #expect(Files.value(bundle.cgroup + "/cpu.max") == "32000 80000")
        }
    }

    @Test("created and paused containers can be updated, stopped ones and strangers cannot")
    func stages() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectFailure(try bundle.call("update", "--pids-limit", "9", bundle.id), "container does not exist")
            expectSuccess(try bundle.create())
            expectSuccess(try bundle.call("update", "--pids-limit", "9", bundle.id))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "9")
            expectSuccess(try bundle.start())
            expectSuccess(try bundle.call("pause", bundle.id))
            expectSuccess(try bundle.call("update", "--pids-limit", "10", bundle.id))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "10")
            #expect(bundle.status == "paused")
            expectSuccess(try bundle.call("resume", bundle.id))
            try bundle.stop()
            let late = try bundle.call("update", "--pids-limit", "11", bundle.id)
            if !Difference.applies("update-stopped") { expectFailure(late, "container not running") }
        }
    }

    @Test("options that need Intel RDT, which the container has not, are refused")
    func rdt() throws {
        try running { bundle in
            expectFailure(
                try bundle.call("update", "--l3-cache-schema", "L3:0=f", bundle.id),
                "Intel RDT/CAT: l3 cache schema is not enabled")
            expectFailure(
                try bundle.call("update", "--mem-bw-schema", "MB:0=50", bundle.id),
                "Intel RDT/MBA: memory bandwidth schema is not enabled")
        }
    }

    @Test("kernel memory is ignored with a warning, real-time scheduling is refused", .oursOnly)
    func legacy() throws {
        try running { bundle in
            let outcome = try bundle.call("update", "--kernel-memory", "5m", "--pids-limit", "9", bundle.id)
            #expect(outcome.exit == 0)
            #expect(LogLine(outcome.log)?.level == "warning")
            #expect(LogLine(outcome.log)?.message == "Setting --kernel-memory is ignored and will be removed")
            #expect(Files.value(bundle.cgroup + "/pids.max") == "9")
            // A failure prints only the failure.
            let failed = try bundle.call("update", "--kernel-memory", "5m", "--cpuset-cpus", "999999", bundle.id)
            #expect(LogLine.whole(failed.log)?.level == "error", "\(failed.said)")
            expectFailure(
                try bundle.call("update", "--cpu-rt-runtime", "9000", bundle.id), "cgroup v2 has nothing like",
                at: "/linux/resources/cpu/realtimeRuntime")
            expectFailure(
                try bundle.call("update", "--cpu-rt-period", "9000", bundle.id), "cgroup v2 has nothing like",
                at: "/linux/resources/cpu/realtimePeriod")
        }
    }

    @Test(
        "a text that is not JSON, or not resources, is refused, and nothing is changed", .unless("update-lax"),
        arguments: ["", "{", "[]", #"{"memory": {"limit": "many"}}"#, #"{"pids": {"limit": 1.5}}"#])
    func broken(text: String) throws {
        try running { bundle in
            let before = Files.value(bundle.cgroup + "/pids.max")
            expectFailure(try update(bundle, resources: text), "")
            #expect(before != nil && Files.value(bundle.cgroup + "/pids.max") == before)
            expectFailure(try bundle.call("update", "--resources", "/nowhere", bundle.id), "no such file or directory")
        }
    }

    @Test("an update that names nothing changes nothing")
    func nothing() throws {
        try running(["pids": ["limit": 50]]) { bundle in
            expectSuccess(try bundle.call("update", bundle.id))
            expectSuccess(try update(bundle, resources: "{}"))
            #expect(Files.value(bundle.cgroup + "/pids.max") == "50")
        }
    }
}
