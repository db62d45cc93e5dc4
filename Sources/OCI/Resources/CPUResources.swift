import Base

/// `linux.resources.cpu`: times in microseconds.
public struct CPUResources: Equatable, Sendable {
    /// The relative weight, as in cgroup v1: 2 to 262144, 1024 being ordinary.
    public var shares: UInt64?
    /// Time in each period; 0 or less means no limit.
    public var quota: Int64?
    /// Unused quota that may be saved up.
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

    /// Processor limits with the given properties; those not given are absent.
    public init(
        shares: UInt64? = nil, quota: Int64? = nil, burst: UInt64? = nil, period: UInt64? = nil,
        realtimeRuntime: Int64? = nil, realtimePeriod: UInt64? = nil, cpus: String? = nil, mems: String? = nil,
        idle: Int64? = nil
    ) {
        self.shares = shares
        self.quota = quota
        self.burst = burst
        self.period = period
        self.realtimeRuntime = realtimeRuntime
        self.realtimePeriod = realtimePeriod
        self.cpus = cpus
        self.mems = mems
        self.idle = idle
    }
}

extension CPUResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var shares: UInt64?
        var quota: Int64?
        var burst: UInt64?
        var period: UInt64?
        var realtimeRuntime: Int64?
        var realtimePeriod: UInt64?
        var cpus: String?
        var mems: String?
        var idle: Int64?
        try json.object { json, key throws(Failure) in
            switch key {
            case "shares": shares = try json.integer()
            case "quota": quota = try json.integer()
            case "burst": burst = try json.integer()
            case "period": period = try json.integer()
            case "realtimeRuntime": realtimeRuntime = try json.integer()
            case "realtimePeriod": realtimePeriod = try json.integer()
            case "cpus": cpus = try json.string()
            case "mems": mems = try json.string()
            case "idle": idle = try json.integer()
            default: try json.skip()
            }
        }
        self.init(
            shares: shares, quota: quota, burst: burst, period: period, realtimeRuntime: realtimeRuntime,
            realtimePeriod: realtimePeriod, cpus: cpus, mems: mems, idle: idle)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("shares", shares)
            json.member("quota", quota)
            json.member("burst", burst)
            json.member("period", period)
            json.member("realtimeRuntime", realtimeRuntime)
            json.member("realtimePeriod", realtimePeriod)
            json.member("cpus", cpus)
            json.member("mems", mems)
            json.member("idle", idle)
        }
    }
}
