import Glibc
import TestSupport
import Testing

/// `events`: lines of JSON, for go-runc and others (WhatCallersExpect, "Events").
@Suite("Events", .inMachine, .unless("events"))
struct EventsTests {
    private func events(_ outcome: String) throws -> [JSON] { try outcome.lines.map { try JSON($0) } }

    @Test("events --stats: one line with every section, filled from the files of the cgroup")
    func stats() throws {
        try Bundle.with {
            $0.shell("i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; echo > /tmp/ready; sleep 1000")
            $0["linux"]["resources"]["pids"] = ["limit": 50]
            $0["linux"]["resources"]["memory"] = ["limit": 67_108_864, "swap": 83_886_080]
        } _: { bundle in
            try bundle.launch()
            #expect(eventually { Files.exists(bundle.rootfs + "/tmp/ready") })
            let outcome = try bundle.call("events", "--stats", bundle.id)
            expectSuccess(outcome)
            #expect(outcome.output.lines.count == 1 && outcome.output.hasSuffix("}\n"))
            let event = try JSON(outcome.output), data = event["data"]
            #expect(event["type"] == "stats" && event["id"] == .string(bundle.id))
            let sections = ["cpu", "cpuset", "memory", "pids", "blkio", "hugetlb", "intel_rdt", "network_interfaces"]
            #expect(data.keys == sections)
            #expect(data["pids"] == ["current": 2, "limit": 50] || data["pids"] == ["current": 1, "limit": 50])
            #expect(data["memory"]["usage"]["limit"].int == 67_108_864)
            #expect(data["memory"]["swap"]["limit"].int == 83_886_080)
            #expect(data["memory"]["swap"]["max"] == .null)
            let usage = data["memory"]["usage"]["usage"].int ?? 0
            #expect(usage > 0 && usage < 67_108_864)
            let raw = (Files.value(bundle.cgroup + "/memory.stat") ?? "").lines.compactMap(\.words.first)
            #expect(data["memory"]["raw"].keys == raw.sorted())
            let cpu = data["cpu"]["usage"]
            #expect((cpu["total"].int ?? 0) > 1_000_000)
            #expect((cpu["total"].int ?? 0) % 1000 == 0)
            #expect(data["network_interfaces"] == .null)
            #expect(data["cpuset"]["sched_relax_domain_level"].int == 0)
        }
    }

    @Test("without a limit the number is the largest, as in cgroup v1; the one of pids is absent")
    func unlimited() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectSuccess(try bundle.create())
            let data = try JSON(try bundle.call("events", "--stats", bundle.id).output)["data"]
            #expect(data["memory"]["usage"]["limit"] == .number("18446744073709551615"))
            #expect(data["memory"]["swap"]["limit"] == .number("18446744073709551615"))
            // With runc, the waiting init has several threads.
            // systemd limits each unit that says nothing.
            let keys = CgroupDriver.now == .systemd ? ["current", "limit"] : ["current"]
            #expect(data["pids"].keys == keys && (data["pids"]["current"].int ?? 0) > 0)
        }
    }

    @Test("events --interval: a line each time, until the container ends")
    func interval() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.launch()
            let program = try bundle.begin("events", "--interval", "200ms", bundle.id)
            #expect(eventually(within: 30) { program.output.lines.count >= 3 })
            #expect(try events(program.output).allSatisfy { $0["type"] == "stats" && $0["id"] == .string(bundle.id) })
            try bundle.stop()
            let outcome = program.outcome(within: 30)
            #expect(outcome.exit == 0 && !outcome.ranOut, "\(outcome.said)")
            for line in outcome.output.lines { _ = try JSON(line) }
        }
    }

    @Test("the first line comes after the interval, not at once")
    func waits() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.launch()
            // The second value is the longest duration that Go can express.
            let programs = try ["1h", "2562047h"].map { try bundle.begin("events", "--interval=\($0)", bundle.id) }
            usleep(300_000)
            #expect(programs.allSatisfy { $0.output == "" })
            expectSuccess(try bundle.delete(force: true))
            for program in programs {
                let outcome = program.outcome(within: 30)
                #expect(outcome.exit == 0 && outcome.output == "", "\(outcome.said)")
            }
        }
    }

    @Test("an OOM kill is reported at once, as oom")
    func oom() throws {
        try Bundle.with {
            $0.shell("read x < /tmp/go; tail /dev/zero; sleep 1000")
            $0["linux"]["resources"]["memory"] = ["limit": 16_777_216, "swap": 16_777_216]
        } _: { bundle in
            #expect(mkfifo(bundle.rootfs + "/tmp/go", 0o600) == 0)
            try bundle.launch()
            let program = try bundle.begin("events", "--interval=1h", bundle.id)
            usleep(300_000)
            try Files.write(bundle.rootfs + "/tmp/go", "go\n")
            #expect(eventually(within: 30) { program.output.lines.count >= 1 })
            let first = try #require(try events(program.output).first)
            #expect(first == ["type": "oom", "id": .string(bundle.id)])
            #expect(Files.value(bundle.cgroup + "/memory.events")?.contains("oom_kill 1") == true)
            try bundle.stop()
            #expect(program.outcome(within: 30).exit == 0)
        }
    }

    @Test("events goes on while a container is paused")
    func paused() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            try bundle.launch()
            expectSuccess(try bundle.call("pause", bundle.id))
            let program = try bundle.begin("events", "--interval", "100ms", bundle.id)
            #expect(eventually(within: 30) { program.output.lines.count >= 2 })
            try bundle.stop()
            #expect(program.outcome(within: 30).exit == 0)
        }
    }

    @Test("events refuses stopped and unknown containers, and an interval of 0")
    func refused() throws {
        try Bundle.with({ $0.args = ["/bin/sleep", "1000"] }) { bundle in
            expectFailure(try bundle.call("events", "--stats", bundle.id), "container does not exist")
            try bundle.launch()
            for interval in ["0", "0s", "-5s"] {
                expectFailure(
                    try bundle.call("events", "--interval=\(interval)", bundle.id),
                    "duration interval must be greater than 0")
            }
            expectFailure(
                try bundle.call("events", "--interval", "soon", bundle.id), "invalid value \"soon\" for flag -interval",
                unless: "duration-words")
            try bundle.stop()
            for words in [["events", "--stats", bundle.id], ["events", bundle.id]] {
                expectFailure(try bundle.call(words), "container with id \(bundle.id) is not running")
            }
        }
    }
}
