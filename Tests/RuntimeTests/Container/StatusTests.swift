import Base
import Linux
import OCI
import TestSupport
import Testing

@testable import Runtime

/// How the status follows from the record, the process and the gate. `paused` needs a cgroup: `IntegrationTests` have it.
@Suite("The status of a container")
struct StatusTests {
    func status(of record: StateFile?, in folder: borrowing ContainerFolder) throws -> State.Status {
        try folder.status(of: record, proc: try Proc.host())
    }

    @Test("without a record, or without a pid in it, a container is being made")
    func creating() throws {
        let made = try MadeFolder()
        #expect(try status(of: nil, in: made.folder) == .creating)
        #expect(try status(of: StateFileTests.making, in: made.folder) == .creating)
    }

    @Test("a live init is created while it waits at the gate, and running afterwards")
    func gate() throws {
        let made = try MadeFolder()
        let sleeper = try Sleeper()
        let record = try StateFile.of(sleeper)
        #expect(try status(of: record, in: made.folder) == .running)
        do {
            let gate = try StartGate.make(in: made.folder.directory)
            #expect(try status(of: record, in: made.folder) == .created)
            _ = gate.number
        }
        // The name of the gate is still there, but no init waits behind it.
        #expect(try made.folder.directory.openat(".", [.readOnly, .directory]).names().contains(StartGate.name))
        #expect(try status(of: record, in: made.folder) == .running)
    }

    @Test("the container has stopped if its init is gone, is a zombie, or its pid belongs to another process")
    func stopped() throws {
        let made = try MadeFolder()
        let gate = try StartGate.make(in: made.folder.directory)
        let sleeper = try Sleeper(), zombie = try Zombie()
        let record = try StateFile.of(sleeper)
        #expect(try status(of: record.with { $0.start = $0.start.map { $0 + 1 } }, in: made.folder) == .stopped)
        #expect(try status(of: record.with { $0.start = nil }, in: made.folder) == .stopped)
        #expect(try status(of: record.with { $0.pid = 0x3FFF_FFFF }, in: made.folder) == .stopped)
        let start = try #require(try Proc.host().stat(of: zombie.pid))
        let ended = record.with { ($0.pid, $0.start) = (zombie.pid, start.time) }
        #expect(try status(of: ended, in: made.folder) == .stopped)
        _ = gate.number
    }

    @Test("a recorded cgroup that is gone or names no cgroup is not frozen")
    func noCgroup() throws {
        let made = try MadeFolder()
        let sleeper = try Sleeper()
        for cgroup in ["/apus-no-such/one", "not below /sys/fs/cgroup/: /tmp", "/../x"] {
            let record = try StateFile.of(sleeper).with { $0.cgroup = cgroup }
            #expect(try status(of: record, in: made.folder) == .running, "\(cgroup)")
        }
    }

    @Test("only a container whose init exists is live; the others are refused with the words of runc")
    func live() throws {
        let sleeper = try Sleeper()
        let live = try container(try StateFile.of(sleeper))
        let isLive = try live.isLive()
        #expect(isLive)
        try live.requireLive()
        for record in [StateFileTests.making, try StateFile.of(sleeper).with { $0.start = 1 }] {
            let dead = try container(record)
            let isLive = try dead.isLive()
            #expect(!isLive)
            let failure = #expect(throws: Failure.self) { try dead.requireLive() }
            #expect(failure?.line == "container not running" && failure?.code == .containerNotRunning)
        }
    }

    private func container(_ record: StateFile) throws -> Container {
        let folder = try Store(root: try TemporaryFolder().path).make(try ContainerID("one"))
        return Container(folder: folder, record: record, lock: .none)
    }
}
