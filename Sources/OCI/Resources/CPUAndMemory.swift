import Base

/// `linux.resources.cpu`. Times are in microseconds.
public struct CPUResources: JSONObject {
    /// The relative weight, as in cgroup v1: 2 to 262144, default 1024.
    public var shares: UInt64?
    /// The processor time in each period; 0 or less means no limit.
    public var quota: Int64?
    /// The unused quota that the cgroup may save up.
    public var burst: UInt64?
    /// The length of a period.
    public var period: UInt64?
    /// The quota of real-time scheduling; cgroup v1 only.
    public var realtimeRuntime: Int64?
    /// The period of real-time scheduling; cgroup v1 only.
    public var realtimePeriod: UInt64?
    /// A list of processors such as `0-3,7`.
    public var cpus: String?
    /// A list of memory nodes such as `0-3,7`.
    public var mems: String?
    /// 1 for SCHED_IDLE, 0 for the normal weight.
    public var idle: Int64?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("shares", &shares)
        try m.optional("quota", &quota)
        try m.optional("burst", &burst)
        try m.optional("period", &period)
        try m.optional("realtimeRuntime", &realtimeRuntime)
        try m.optional("realtimePeriod", &realtimePeriod)
        try m.optional("cpus", &cpus)
        try m.optional("mems", &mems)
        try m.optional("idle", &idle)
    }
}

/// `linux.resources.pids`.
public struct PidsResources: JSONObject {
    /// The highest number of tasks. A negative number means no limit; 0 is a limit.
    public var limit: Int64?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("limit", &limit)
    }
}

/// `linux.resources.memory`: limits in bytes. -1 means no limit.
public struct MemoryResources: JSONObject {
    /// The memory limit.
    public var limit: Int64?
    /// The soft limit, which the kernel does not enforce: in cgroup v1 a size that it aims at, in v2 memory that it
    /// protects.
    public var reservation: Int64?
    /// The limit on memory plus swap.
    public var swap: Int64?
    /// The limit on kernel memory; cgroup v1 only.
    public var kernel: Int64?
    /// The limit on TCP buffers; cgroup v1 only.
    public var kernelTCP: Int64?
    /// How readily the kernel swaps: 0 to 100; cgroup v1 only.
    public var swappiness: UInt64?
    /// Whether tasks wait when memory runs out, instead of one being killed; cgroup v1 only.
    public var disableOOMKiller: Bool?
    /// Whether a child's memory also counts for its parent; cgroup v1 only.
    public var useHierarchy: Bool?
    /// Whether the runtime refuses to set a limit below the current use.
    public var checkBeforeUpdate: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("limit", &limit)
        try m.optional("reservation", &reservation)
        try m.optional("swap", &swap)
        try m.optional("kernel", &kernel)
        try m.optional("kernelTCP", &kernelTCP)
        try m.optional("swappiness", &swappiness)
        try m.optional("disableOOMKiller", &disableOOMKiller)
        try m.optional("useHierarchy", &useHierarchy)
        try m.optional("checkBeforeUpdate", &checkBeforeUpdate)
    }
}

/// One entry of `linux.resources.hugepageLimits`.
public struct HugepageLimit: JSONObject {
    /// The size of a page: `64KB`, `2MB`, `1GB`.
    public var pageSize = ""
    /// The limit on such pages, in bytes.
    public var limit: UInt64 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a huge page limit" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("pageSize", &pageSize)
        try m.required("limit", &limit)
    }
}
