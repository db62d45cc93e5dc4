import Base
import Linux
import OCI

/// What a container uses, as `events` prints it. The properties are those of cgroup v1, which readers know, filled from
/// the files of cgroup v2 as runc does. What cgroup v2 does not have is 0 or absent.
public struct Statistics: Equatable, Sendable {
    var cpu = CPUStatistics()
    var memory = MemoryStatistics()
    var pids = PidsStatistics()
    var io = IOStatistics()
    /// The key is the page size: `2MB`.
    var hugetlb: Entries<HugetlbStatistics> = [:]
}

extension Statistics: JSONWritable {
    /// Writes all sections, even those with no data.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("cpu", cpu)
            json.member("cpuset", Cpuset())
            json.member("memory", memory)
            json.member("pids", pids)
            json.member("blkio", io)
            json.member("hugetlb", hugetlb)
            json.member("intel_rdt", [:] as Entries<UInt64>)
            json.member("network_interfaces", Null())
        }
    }

    /// JSON's `null`, as Go writes a nil slice.
    private struct Null: JSONWritable {
        func write(to json: inout JSONWriter) { json.literal("null") }
    }

    /// The flags of cgroup v1's cpuset. cgroup v2 has none of them.
    private struct Cpuset: JSONWritable {
        func write(to json: inout JSONWriter) {
            json.object { json in
                for name in [
                    "cpu_exclusive", "mem_hardwall", "mem_exclusive", "memory_migrate", "memory_spread_page",
                    "memory_spread_slab", "memory_pressure", "sched_load_balance", "sched_relax_domain_level",
                ] { json.member(name, 0) }
            }
        }
    }
}

extension UInt64 {
    /// nil instead of 0: readers written in Go read an absent property as 0.
    var unlessZero: UInt64? { self == 0 ? nil : self }
}

extension Cgroup {
    /// Reads what the cgroup uses now. A controller that is not enabled counts nothing.
    ///
    /// - Throws: ``Failure`` if the cgroup is gone.
    borrowing func statistics() throws(Failure) -> Statistics {
        var statistics = Statistics()
        statistics.cpu = CPUStatistics(stat: try text("cpu.stat") ?? "", pressure: try text("cpu.pressure"))
        if let stat = try text("memory.stat") {
            statistics.memory = MemoryStatistics(
                stat: stat, memory: try use("memory"), swap: try use("memory.swap"),
                pressure: try text("memory.pressure"))
        }
        statistics.io = IOStatistics(stat: try text("io.stat") ?? "", pressure: try text("io.pressure"))
        if let current = try number("pids.current") {
            statistics.pids.current = current
        } else {
            statistics.pids.current = UInt64(try processes().count)
        }
        let limit = try number("pids.max") ?? 0
        statistics.pids.limit = limit == .max ? 0 : limit
        statistics.hugetlb = try hugetlb()
        return statistics
    }

    private borrowing func use(_ name: String) throws(Failure) -> MemoryStatistics.Use {
        guard let usage = try number("\(name).current") else { return MemoryStatistics.Use() }
        let limit = try number("\(name).max") ?? 0
        return MemoryStatistics.Use(
            limit: limit, usage: usage, max: name == "memory" ? try number("memory.peak") ?? 0 : 0)
    }

    /// Finds the page sizes by the files `hugetlb.SIZE.current`.
    private borrowing func hugetlb() throws(Failure) -> Entries<HugetlbStatistics> {
        var sizes: [String] = []
        for name in try file(".", [.readOnly, .directory]).names() {
            let parts = name.split(separator: ".")
            if parts.count == 3, parts[0] == "hugetlb", parts[2] == "current" { sizes.append(String(parts[1])) }
        }
        var all: Entries<HugetlbStatistics> = [:]
        for size in sizes.sorted() {
            let events = try text("hugetlb.\(size).events") ?? ""
            all[size] = HugetlbStatistics(
                usage: try number("hugetlb.\(size).current") ?? 0, failures: Self.number(of: "max", in: events) ?? 0)
        }
        return all
    }

    private borrowing func number(_ name: String) throws(Failure) -> UInt64? {
        try text(name).flatMap(StatisticsText.number)
    }

    /// - Returns: nil if there is no such file, or if the kernel has this accounting switched off.
    private borrowing func text(_ name: String) throws(Failure) -> String? {
        do throws(Failure) {
            let bytes = try file(name, .readOnly).readAll(limit: 1 << 20, name)
            return String(decoding: bytes, as: UTF8.self)
        } catch  where error.errno == .ENOENT || error.errno == .EOPNOTSUPP { return nil }
    }
}
