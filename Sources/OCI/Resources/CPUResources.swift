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
