import OCI

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
