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
