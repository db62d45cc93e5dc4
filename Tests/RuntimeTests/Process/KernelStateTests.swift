import Base
import Linux
@testable import OCI
import Testing

@testable import Runtime

/// What is decided about scheduler, I/O priority, memory policy and clocks without asking the kernel.
@Suite("Process properties that the kernel keeps")
struct KernelStateTests {
    @Test(
        "a list of numbers has the kernel's form",
        arguments: [
            ("0", [0...0]), ("0-3,7", [0...3, 7...7]), ("5-5", [5...5]), ("7,0-1", [7...7, 0...1]),
            ("32767", [32767...32767]),
        ] as [(String, [ClosedRange<Int>])])
    func lists(text: String, ranges: [ClosedRange<Int>]) {
        #expect(NumberList(text)?.ranges == ranges)
    }

    @Test(
        "texts that are no list of numbers",
        arguments: ["", ",", "0,", "-1", "1-", "3-0", "1-2-3", "a", "0x1", "+1", "0-+1", " 1", "1 ", "32768", "0;1"])
    func noLists(text: String) {
        #expect(NumberList(text) == nil)
    }

    @Test("a list as bits")
    func mask() {
        #expect(NumberList("0-1,3")?.mask == [0b1011])
        #expect(NumberList("63-64")?.mask == [1 << 63, 1])
        #expect(NumberList("128")?.mask == [0, 0, 1])
    }

    @Test("a scheduler in the kernel's numbers; an absent value is 0")
    func scheduler() throws {
        let plain = try SetScheduler(Scheduler(policy: .batch), hasProcessors: false)
        #expect(
            plain.attributes
                == SchedulingAttributes(
                    policy: 3, flags: 0, nice: 0, priority: 0, runtime: 0, deadline: 0, period: 0))
        let deadline = try SetScheduler(
            Scheduler(
                policy: .deadline, flags: [.resetOnFork, .deadlineOverrun, .utilClampMax], runtime: 1, deadline: 2,
                period: 3), hasProcessors: false)
        #expect(
            deadline.attributes
                == SchedulingAttributes(
                    policy: 6, flags: 0x45, nice: 0, priority: 0, runtime: 1, deadline: 2, period: 3))
        // No warning for the nice value of a policy that has none.
        #expect(throws: Never.self) {
            try SetScheduler(Scheduler(policy: .fifo, nice: 40, priority: 1), hasProcessors: false)
        }
    }

    @Test("maps are equal whatever the order and the pieces of their ranges")
    func maps() throws {
        let one = [IDMapping(containerID: 0, hostID: 100, size: 30)]
        let pieces = [
            IDMapping(containerID: 10, hostID: 110, size: 20), IDMapping(containerID: 0, hostID: 100, size: 10),
        ]
        #expect(CheckIDMaps.joined(pieces) == one)
        let apart = [
            IDMapping(containerID: 0, hostID: 100, size: 10), IDMapping(containerID: 10, hostID: 111, size: 20),
        ]
        #expect(CheckIDMaps.joined(apart) == apart)
        let text = "         0     100000      65536\n     65536          7          1\n"
        let ranges = try #require(CheckIDMaps.ranges(text))
        #expect(
            ranges == [
                IDMapping(containerID: 0, hostID: 100000, size: 65536),
                IDMapping(containerID: 65536, hostID: 7, size: 1),
            ])
        #expect(CheckIDMaps.ranges("0 1\n") == nil)
    }

    @Test("only a new time namespace has shifted clocks, and a second has nine digits of parts")
    func clocks() throws {
        let offsets: Entries<TimeOffset> = ["monotonic": TimeOffset(secs: -2, nanosecs: 30), "boottime": TimeOffset()]
        let list = try ClockOffset.list(offsets, isNew: true)
        #expect(
            NewTimeNamespace(offsets: list).summary
                == "make a time namespace: monotonic -2 s + 0.000000030 s, boottime 0 s + 0.000000000 s")
        #expect(throws: Failure.self) { try ClockOffset.list(offsets, isNew: false) }
        #expect(try ClockOffset.list([:], isNew: false) == [])
        #expect(try ClockOffset.list(nil, isNew: false) == [])
    }
}
