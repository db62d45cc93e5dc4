import Base
import Linux
import OCI

extension Cgroup {
    /// What the cgroup uses now. A controller that is not enabled counts nothing.
    ///
    /// - Throws: ``Failure`` where the cgroup is gone.
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

    /// By the files `hugetlb.SIZE.current`.
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

    /// - Returns: nil where there is no such file, or what it counts is switched off.
    private borrowing func text(_ name: String) throws(Failure) -> String? {
        do throws(Failure) {
            let bytes = try file(name, .readOnly).readAll(limit: 1 << 20, name)
            return String(decoding: bytes, as: UTF8.self)
        } catch  where error.errno == .ENOENT || error.errno == .EOPNOTSUPP { return nil }
    }
}
