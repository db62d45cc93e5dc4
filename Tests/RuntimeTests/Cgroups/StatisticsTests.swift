@testable import OCI
import Testing

@testable import Runtime

/// Turns the files of cgroup v2 into the line that `events` prints (WhatCallersExpect, "Events").
@Suite("Statistics")
struct StatisticsTests {
    private static let pressure = """
        some avg10=0.12 avg60=1.00 avg300=10.50 total=345
        full avg10=0.00 avg60=0.00 avg300=0.00 total=0

        """
    private static let psi =
        #"{"some":{"avg10":0.12,"avg60":1,"avg300":10.5,"total":345},"#
        + #""full":{"avg10":0,"avg60":0,"avg300":0,"total":0}}"#

    @Test("without any value, every section is present, as in runc")
    func empty() {
        let zeros =
            #"{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,"#
            + #""memory_spread_slab":0,"memory_pressure":0,"sched_load_balance":0,"sched_relax_domain_level":0}"#
        let use = #"{"limit":0,"failcnt":0}"#
        #expect(
            Event(id: "c1", statistics: Statistics()).json(.compact)
                == #"{"type":"stats","id":"c1","data":{"cpu":{"usage":{"kernel":0,"user":0},"throttling":{}},"#
                + #""cpuset":\#(zeros),"memory":{"usage":\#(use),"swap":\#(use),"kernel":\#(use),"kernelTCP":\#(use)},"#
                + #""pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}}"#)
        #expect(Event(id: "c1").json(.compact) == #"{"type":"oom","id":"c1"}"#)
    }

    @Test("cpu: microseconds become nanoseconds")
    func cpu() {
        let stat = """
            usage_usec 12
            user_usec 5
            system_usec 7
            nr_periods 3
            nr_throttled 2
            throttled_usec 9

            """
        #expect(
            CPUStatistics(stat: stat, pressure: Self.pressure).json(.compact)
                == #"{"usage":{"total":12000,"kernel":7000,"user":5000},"#
                + #""throttling":{"periods":3,"throttledPeriods":2,"throttledTime":9000},"psi":\#(Self.psi)}"#)
    }

    @Test("memory: swap is memory plus swap, and so is its limit; its maximum is unknown")
    func memory() {
        let stat = "file 4096\nanon 8192\n"
        let memory = MemoryStatistics.Use(limit: 100, usage: 60, max: 80)
        let swap = MemoryStatistics.Use(limit: 20, usage: 5)
        #expect(
            MemoryStatistics(stat: stat, memory: memory, swap: swap, pressure: nil).json(.compact)
                == #"{"cache":4096,"usage":{"limit":100,"usage":60,"max":80,"failcnt":0},"#
                + #""swap":{"limit":120,"usage":65,"failcnt":0},"kernel":{"limit":0,"failcnt":0},"#
                + #""kernelTCP":{"limit":0,"failcnt":0},"raw":{"anon":8192,"file":4096}}"#)
        let unlimited = MemoryStatistics.Use(limit: .max, usage: 1)
        let text = MemoryStatistics(stat: stat, memory: unlimited, swap: unlimited, pressure: nil).json(.compact)
        #expect(text.contains(#""usage":{"limit":18446744073709551615,"usage":1,"#))
        #expect(text.contains(#""swap":{"limit":18446744073709551615,"usage":2,"failcnt":0}"#))
        // Memory without a limit, and swap with one: the sum has no limit.
        let swapping = MemoryStatistics(stat: stat, memory: unlimited, swap: swap, pressure: nil)
        #expect(swapping.swap.limit == .max)
    }

    @Test("io: bytes and operations by device; values that cgroup v1 had no name for are left out")
    func io() {
        let stat = "8:0 rbytes=1 wbytes=2 rios=3 wios=0 dbytes=5 dios=6\n254:16 rbytes=7 cost.usage=1\n"
        #expect(
            IOStatistics(stat: stat, pressure: nil).json(.compact)
                == #"{"ioServiceBytesRecursive":[{"major":8,"op":"Read","value":1},{"major":8,"op":"Write","value":2},"#
                + #"{"major":254,"minor":16,"op":"Read","value":7}],"#
                + #""ioServicedRecursive":[{"major":8,"op":"Read","value":3},{"major":8,"op":"Write"}]}"#)
    }

    @Test("tasks without a limit have limit 0, which is left out; huge pages count by size")
    func rest() {
        #expect(PidsStatistics(current: 3, limit: 0).json(.compact) == #"{"current":3}"#)
        #expect(PidsStatistics(current: 3, limit: 9).json(.compact) == #"{"current":3,"limit":9}"#)
        #expect(HugetlbStatistics(usage: 0, failures: 2).json(.compact) == #"{"failcnt":2}"#)
        #expect(StatisticsText.number("max\n") == .max)
        #expect(StatisticsText.number("42\n") == 42)
        #expect(StatisticsText.number("") == nil)
    }

    @Test("pressure that is switched off or unreadable is absent", arguments: ["", "\n", "some", "some a=b c=d"])
    func noPressure(text: String) { #expect(Pressure(text) == nil) }
}

@Suite("Process tables")
struct ProcessTableTests {
    @Test("the heading and the lines of the pids, whichever column the pid is in")
    func lines() throws {
        let text = "UID   PID  CMD\nroot    1  init of host\nroot   77  sh -c 1\nroot  777  x\n"
        #expect(try ProcessTable.lines(of: [77, 5], in: text) == "UID   PID  CMD\nroot   77  sh -c 1\n")
        #expect(try ProcessTable.lines(of: [], in: text) == "UID   PID  CMD\n")
        #expect(try ProcessTable.lines(of: [3], in: "PID\n  3\n  4\n") == "PID\n  3\n")
    }

    @Test(
        "without a column PID, or if a line has no pid, it fails", arguments: ["", "CMD\nx\n", "PID CMD\nx y\n"])
    func refused(text: String) {
        #expect(throws: (any Error).self) { try ProcessTable.lines(of: [1], in: text) }
    }
}
