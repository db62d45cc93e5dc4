import Base

/// `linux.resources.cpu`: times in microseconds.
public struct CPUResources: JSONObject {
    /// The relative weight, as in cgroup v1: 2 to 262144, 1024 being ordinary.
    public var shares: UInt64?
    /// Time in each period; 0 or less means no limit.
    public var quota: Int64?
    /// Unused quota that the cgroup may save up.
    public var burst: UInt64?
    /// A period's length.
    public var period: UInt64?
    /// Real-time scheduling's quota; cgroup v1 only.
    public var realtimeRuntime: Int64?
    /// Real-time scheduling's period; cgroup v1 only.
    public var realtimePeriod: UInt64?
    /// A list of processors such as `0-3,7`.
    public var cpus: String?
    /// A list of memory nodes such as `0-3,7`.
    public var mems: String?
    /// 1 for SCHED_IDLE, 0 for the ordinary weight.
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
    /// How many tasks. A negative number means no limit; 0 is a limit.
    public var limit: Int64?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("limit", &limit)
    }
}
