import Base

/// `process.scheduler`, for sched_setattr(2).
public struct Scheduler: Equatable, Sendable {
    /// The policy.
    public var policy: Policy
    /// The nice value, -20 to 19, of `SCHED_OTHER` and `SCHED_BATCH`.
    public var nice: Int32?
    /// The static priority of `SCHED_FIFO` and `SCHED_RR`.
    public var priority: Int32?
    /// Flags of sched_setattr(2).
    public var flags: [Flag]?
    /// Nanoseconds in each period, for `SCHED_DEADLINE`.
    public var runtime: UInt64?
    /// Nanoseconds until the work must be done, for `SCHED_DEADLINE`.
    public var deadline: UInt64?
    /// Nanoseconds of a period, for `SCHED_DEADLINE`.
    public var period: UInt64?

    /// A scheduler with the given properties; the others are absent.
    public init(
        policy: Policy, nice: Int32? = nil, priority: Int32? = nil, flags: [Flag]? = nil, runtime: UInt64? = nil,
        deadline: UInt64? = nil, period: UInt64? = nil
    ) {
        self.policy = policy
        self.nice = nice
        self.priority = priority
        self.flags = flags
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }

    /// The policies of sched(7).
    public enum Policy: String, SpecWord {
        case other = "SCHED_OTHER"
        case fifo = "SCHED_FIFO"
        case roundRobin = "SCHED_RR"
        case batch = "SCHED_BATCH"
        case iso = "SCHED_ISO"
        case idle = "SCHED_IDLE"
        case deadline = "SCHED_DEADLINE"

        /// What an error calls it.
        public static var noun: StaticString { "scheduling policy" }
    }

    /// The flags of sched_setattr(2).
    public enum Flag: String, SpecWord {
        case resetOnFork = "SCHED_FLAG_RESET_ON_FORK"
        case reclaim = "SCHED_FLAG_RECLAIM"
        case deadlineOverrun = "SCHED_FLAG_DL_OVERRUN"
        case keepPolicy = "SCHED_FLAG_KEEP_POLICY"
        case keepParameters = "SCHED_FLAG_KEEP_PARAMS"
        case utilClampMin = "SCHED_FLAG_UTIL_CLAMP_MIN"
        case utilClampMax = "SCHED_FLAG_UTIL_CLAMP_MAX"

        /// What an error calls it.
        public static var noun: StaticString { "scheduling flag" }
    }
}

extension Scheduler: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var policy: Policy?
        var nice: Int32?
        var priority: Int32?
        var flags: [Flag]?
        var runtime: UInt64?
        var deadline: UInt64?
        var period: UInt64?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "policy": policy = try json.word()
            case "nice": nice = try json.integer()
            case "priority": priority = try json.integer()
            case "flags": flags = try json.words()
            case "runtime": runtime = try json.integer()
            case "deadline": deadline = try json.integer()
            case "period": period = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            policy: json.required(policy, "policy", of: "a scheduler", at: start), nice: nice, priority: priority,
            flags: flags, runtime: runtime, deadline: deadline,
            period: period)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("policy", policy)
            json.member("nice", nice)
            json.member("priority", priority)
            json.member("flags", flags)
            json.member("runtime", runtime)
            json.member("deadline", deadline)
            json.member("period", period)
        }
    }
}
