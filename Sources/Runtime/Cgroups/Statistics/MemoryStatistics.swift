import OCI

/// Memory, in bytes; no limit is the largest number.
struct MemoryStatistics: Equatable, Sendable {
    /// What is used of one kind of memory.
    struct Use: Equatable, Sendable {
        var limit: UInt64 = 0
        var usage: UInt64 = 0
        /// The most that it ever was; 0 where the kernel does not say.
        var max: UInt64 = 0
    }

    /// The page cache.
    var cache: UInt64 = 0
    var memory = Use()
    /// Memory and swap together, as in cgroup v1. Their maxima cannot be added, so there is none.
    var swap = Use()
    /// `memory.stat`, sorted by name.
    var raw: Entries<UInt64> = [:]
    var pressure: Pressure?

    init() {}

    /// - Parameters:
    ///   - stat: `memory.stat`.
    ///   - memory: `memory.max`, `memory.current`, and `memory.peak`, which Linux has since 5.19.
    ///   - swap: The same of swap; 0 where swap is not accounted for.
    ///   - pressure: `memory.pressure`.
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
