import Base
@testable import OCI
import Testing

@testable import apus

/// What `update` makes of its options (WhatCallersExpect, "Update").
@Suite("Update options")
struct UpdateTests {
    private func resources(_ line: String) throws(Failure) -> Resources {
        guard case .perform(.update(let command)) = read("update \(line) c1").request else { return Resources() }
        return try command.resources()
    }

    @Test(
        "each option is a property of linux.resources",
        arguments: [
            ("--memory 64m", Resources(memory: MemoryResources(limit: 67_108_864))),
            ("--memory -1", Resources(memory: MemoryResources(limit: -1))),
            ("--memory-reservation=1k", Resources(memory: MemoryResources(reservation: 1024))),
            ("--memory-swap 5", Resources(memory: MemoryResources(swap: 5))),
            ("--cpu-share 512", Resources(cpu: CPUResources(shares: 512))),
            ("--cpu-quota -1", Resources(cpu: CPUResources(quota: -1))),
            ("--cpu-period 50000", Resources(cpu: CPUResources(period: 50000))),
            ("--cpu-burst 7", Resources(cpu: CPUResources(burst: 7))),
            ("--cpu-idle 1", Resources(cpu: CPUResources(idle: 1))),
            ("--cpu-rt-period 9", Resources(cpu: CPUResources(realtimePeriod: 9))),
            ("--cpu-rt-runtime 8", Resources(cpu: CPUResources(realtimeRuntime: 8))),
            ("--cpuset-cpus 0-1", Resources(cpu: CPUResources(cpus: "0-1"))),
            ("--cpuset-mems 0", Resources(cpu: CPUResources(mems: "0"))),
            ("--pids-limit 10", Resources(pids: PidsResources(limit: 10))),
            ("--blkio-weight 300", Resources(blockIO: BlockIOResources(weight: 300))),
            ("--kernel-memory 5m --kernel-memory-tcp 5m", Resources()),
            ("--memory= --cpu-quota= --pids-limit=", Resources()),
            ("", Resources()),
        ])
    func option(line: String, expected: Resources) throws { #expect(try resources(line) == expected) }

    @Test(
        "a value that is no number is refused, with the option's name",
        arguments: [
            ("--memory many", #"invalid value for memory: "many""#),
            ("--memory -2", #"invalid value for memory: "-2""#),
            ("--cpu-quota 1.5", #"invalid value for cpu-quota: "1.5""#),
            ("--cpu-period -1", #"invalid value for cpu-period: "-1""#),
            ("--blkio-weight 99999", #"invalid value for blkio-weight: "99999""#),
            ("--pids-limit x", #"invalid value for pids-limit: "x""#),
        ])
    func refused(line: String, words: String) {
        let failure = #expect(throws: Failure.self) { try resources(line) }
        #expect(failure?.action == words)
    }

    @Test("the callers' forms", arguments: ["--resources=- c1", "--resources - c1", "-r - c1", "c1 -r -"])
    func callers(line: String) {
        #expect(read("update \(line)").request == .perform(.update(UpdateCommand(id: "c1", file: "-"))))
    }

    @Test("ps takes no options of its own after the id; events reads Go's durations")
    func others() {
        #expect(
            read("ps --format json c1").request == .perform(.ps(PsCommand(id: "c1", format: "json"))))
        #expect(
            read("ps c1 -o pid,args --format json").request
                == .perform(.ps(PsCommand(id: "c1", arguments: ["-o", "pid,args", "--format", "json"]))))
        #expect(
            read("events --interval=5s c1").request
                == .perform(.events(EventsCommand(id: "c1", interval: 5_000_000_000))))
        #expect(read("events --stats c1").request == .perform(.events(EventsCommand(id: "c1", stats: true))))
    }

    @Test("mounts takes a word, an id and a file")
    func mounts() {
        #expect(
            read("mounts add c1 f").request
                == .perform(.mounts(MountsCommand(change: "add", id: "c1", file: "f"))))
        guard case .misuse = read("mounts add c1").request else {
            Issue.record("two words are enough")
            return
        }
    }
}
