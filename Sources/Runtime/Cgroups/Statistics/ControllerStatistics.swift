import OCI

/// Processor time (`cpu.stat`), in nanoseconds.
struct CPUStatistics: Equatable, Sendable {
    var total: UInt64 = 0
    var kernel: UInt64 = 0
    var user: UInt64 = 0
    /// The number of periods, and of periods in which the quota was used up.
    var periods: UInt64 = 0
    var throttledPeriods: UInt64 = 0
    var throttledTime: UInt64 = 0
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: The text of `cpu.stat`, in which times are microseconds.
    ///   - pressure: The text of `cpu.pressure`.
    init(stat: String, pressure: String?) {
        for (name, number) in StatisticsText.entries(stat) {
            switch name {
            case "usage_usec": total = number &* 1000
            case "user_usec": user = number &* 1000
            case "system_usec": kernel = number &* 1000
            case "nr_periods": periods = number
            case "nr_throttled": throttledPeriods = number
            case "throttled_usec": throttledTime = number &* 1000
            default: continue
            }
        }
        self.pressure = pressure.flatMap(Pressure.init)
    }
}

extension CPUStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("usage", Usage(cpu: self))
            json.member("throttling", Throttling(cpu: self))
            json.member("psi", pressure)
        }
    }

    private struct Usage: JSONWritable {
        let cpu: CPUStatistics

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("total", cpu.total.unlessZero)
                json.member("kernel", cpu.kernel)
                json.member("user", cpu.user)
            }
        }
    }

    private struct Throttling: JSONWritable {
        let cpu: CPUStatistics

        func write(to json: inout JSONWriter) {
            json.object { json in
                json.member("periods", cpu.periods.unlessZero)
                json.member("throttledPeriods", cpu.throttledPeriods.unlessZero)
                json.member("throttledTime", cpu.throttledTime.unlessZero)
            }
        }
    }
}

/// Memory, in bytes. "No limit" is the largest number.
struct MemoryStatistics: Equatable, Sendable {
    /// The use of one kind of memory.
    struct Use: Equatable, Sendable {
        var limit: UInt64 = 0
        var usage: UInt64 = 0
        /// The highest use so far; 0 if the kernel does not say.
        var max: UInt64 = 0
    }

    /// The page cache.
    var cache: UInt64 = 0
    var memory = Use()
    /// Memory plus swap, as in cgroup v1. Its maximum stays 0: the two maxima cannot be added, since they may be of
    /// different times.
    var swap = Use()
    /// `memory.stat`, sorted by name.
    var raw: Entries<UInt64> = [:]
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: The text of `memory.stat`.
    ///   - memory: `memory.max`, `memory.current` and `memory.peak` (since Linux 5.19).
    ///   - swap: The same for swap; 0 if swap is not accounted for.
    ///   - pressure: The text of `memory.pressure`.
    init(stat: String, memory: Use, swap: Use, pressure: String?) {
        for (name, number) in StatisticsText.entries(stat).sorted(by: { $0.name < $1.name }) { raw[name] = number }
        cache = raw["file"] ?? 0
        self.memory = memory
        self.swap.usage = swap.usage &+ memory.usage
        let (limit, isBeyond) = swap.limit.addingReportingOverflow(memory.limit)
        self.swap.limit = isBeyond ? .max : limit
        self.pressure = pressure.flatMap(Pressure.init)
    }
}

extension MemoryStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("cache", cache.unlessZero)
            json.member("usage", memory)
            json.member("swap", swap)
            // cgroup v2 does not count these two; readers of runc's output expect the keys.
            json.member("kernel", Use())
            json.member("kernelTCP", Use())
            json.member("raw", raw.isEmpty ? nil : raw)
            json.member("psi", pressure)
        }
    }
}

extension MemoryStatistics.Use: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("limit", limit)
            json.member("usage", usage.unlessZero)
            json.member("max", max.unlessZero)
            json.member("failcnt", 0)
        }
    }
}

/// Tasks (`pids.current`, `pids.max`).
struct PidsStatistics: Equatable, Sendable {
    var current: UInt64 = 0
    /// The limit; 0 if there is no limit.
    var limit: UInt64 = 0
}

extension PidsStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("current", current.unlessZero)
            json.member("limit", limit.unlessZero)
        }
    }
}

/// Huge pages of one size, in bytes.
struct HugetlbStatistics: Equatable, Sendable {
    var usage: UInt64 = 0
    /// How often the limit was hit (`max` in `hugetlb.SIZE.events`).
    var failures: UInt64 = 0
}

extension HugetlbStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("usage", usage.unlessZero)
            json.member("failcnt", failures)
        }
    }
}

/// Block devices (`io.stat`): bytes and operations, for reads and writes. cgroup v2 does not have cgroup v1's other
/// counts.
struct IOStatistics: Equatable, Sendable {
    struct Entry: Equatable, Sendable {
        var major: UInt64
        var minor: UInt64
        /// `Read` or `Write`.
        var operation: String
        var value: UInt64
    }

    var bytes: [Entry] = []
    var operations: [Entry] = []
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: The text of `io.stat`: `8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=5 dios=6`.
    ///   - pressure: The text of `io.pressure`.
    init(stat: String, pressure: String?) {
        for line in StatisticsText.lines(stat) {
            let device = line.first?.split(separator: ":").compactMap { UInt64($0) } ?? []
            guard device.count == 2 else { continue }
            for word in line.dropFirst() {
                let pair = word.split(separator: "=", maxSplits: 1)
                guard pair.count == 2, let value = UInt64(pair[1]) else { continue }
                let isRead = pair[0].first == "r"
                let entry = Entry(
                    major: device[0], minor: device[1], operation: isRead ? "Read" : "Write", value: value)
                switch pair[0] {
                case "rbytes", "wbytes": bytes.append(entry)
                case "rios", "wios": operations.append(entry)
                default: continue
                }
            }
        }
        self.pressure = pressure.flatMap(Pressure.init)
    }
}

extension IOStatistics: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ioServiceBytesRecursive", bytes.isEmpty ? nil : bytes)
            json.member("ioServicedRecursive", operations.isEmpty ? nil : operations)
            json.member("psi", pressure)
        }
    }
}

extension IOStatistics.Entry: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("major", major.unlessZero)
            json.member("minor", minor.unlessZero)
            json.member("op", operation)
            json.member("value", value.unlessZero)
        }
    }
}
