import Base
import Linux
import TestSupport
import Testing

@testable import Runtime

/// What the record says of processes. A cgroup needs a machine of its own: `IntegrationTests` have it.
@Suite("The processes of a recorded container")
struct StateFileProcessesTests {
    @Test("init is found by its pid and its start time")
    func openInit() throws {
        let sleeper = try Sleeper()
        let record = try StateFile.of(sleeper)
        let pidfd = try record.openInit()
        let pid = try Proc.host().pid(of: pidfd)
        #expect(pid == sleeper.pid)
    }

    @Test("no signal goes to a process that is not the recorded init")
    func another() throws {
        let sleeper = try Sleeper(), zombie = try Zombie()
        let record = try StateFile.of(sleeper)
        let start = try #require(try Proc.host().stat(of: zombie.pid))
        for other in [
            record.with { $0.pid = nil }, record.with { $0.start = nil },
            record.with { $0.start = $0.start.map { $0 + 1 } }, record.with { $0.pid = 0x3FFF_FFFF },
            record.with { ($0.pid, $0.start) = (zombie.pid, start.time) },
        ] {
            let failure = #expect(throws: Failure.self) { _ = try other.openInit() }
            #expect(failure?.line == "container not running" && failure?.code == .containerNotRunning)
            #expect(throws: Failure.self) { try other.send(signal: 9) }
            try other.endInit()
        }
        let isGone = try record.openInit().waitUntilEnded(within: 100)
        #expect(!isGone)
    }

    @Test("SIGKILL ends init, and the end is waited for", arguments: [true, false])
    func ends(isWaitedFor: Bool) throws {
        let sleeper = try Sleeper()
        let record = try StateFile.of(sleeper)
        let pidfd = try record.openInit()
        if isWaitedFor {
            try record.endInit()
        } else {
            try record.send(signal: 9)
        }
        let isGone = pidfd.waitUntilEnded(within: isWaitedFor ? 0 : 10_000)
        #expect(isGone)
        #expect(throws: Failure.self) { _ = try record.openInit() }
    }

    @Test("a container without a cgroup has no other processes, and nothing that needs one is done to it")
    func withoutCgroup() throws {
        let sleeper = try Sleeper()
        let record = try StateFile.of(sleeper)
        try record.killAll()
        #expect(try record.sendToRest(signal: 9, all: true) == false)
        let isGone = try record.openInit().waitUntilEnded(within: 100)
        #expect(!isGone)
        let failure = #expect(throws: Failure.self) {
            try record.withCgroup(to: "pause") { _ in Issue.record("it has a cgroup") }
        }
        #expect(failure?.action == "cannot pause container one: it has no cgroup")
    }
}

extension StateFile {
    /// The record of a container without a cgroup, with `sleeper` as its init.
    static func of(_ sleeper: Sleeper) throws -> StateFile {
        let start = try #require(try Proc.host().stat(of: sleeper.pid))
        return StateFileTests.making.with { ($0.pid, $0.start) = (sleeper.pid, start.time) }
    }
}
