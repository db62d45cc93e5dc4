import Base

/// `process.scheduler`, for sched_setattr(2).
public struct Scheduler: JSONObject {
    /// The scheduling policy.
    public var policy = Policy.other
    /// The nice value for `SCHED_OTHER` and `SCHED_BATCH`: -20 to 19.
    public var nice: Int32?
    /// The static priority for `SCHED_FIFO` and `SCHED_RR`.
    public var priority: Int32?
    /// Flags of sched_setattr(2).
    public var flags: [Flag]?
    /// The processor time in each period, in nanoseconds, for `SCHED_DEADLINE`.
    public var runtime: UInt64?
    /// The time by which the work must be done, in nanoseconds, for `SCHED_DEADLINE`.
    public var deadline: UInt64?
    /// The length of a period, in nanoseconds, for `SCHED_DEADLINE`.
    public var period: UInt64?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a scheduler" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("policy", &policy)
        try m.optional("nice", &nice)
        try m.optional("priority", &priority)
        try m.optional("flags", &flags)
        try m.optional("runtime", &runtime)
        try m.optional("deadline", &deadline)
        try m.optional("period", &period)
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

        /// Its name in error messages.
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

        /// Its name in error messages.
        public static var noun: StaticString { "scheduling flag" }
    }
}

/// `process.ioPriority`, for ioprio_set(2).
public struct IOPriority: JSONObject {
    /// The scheduling class. The value here is never used: config.json must give one.
    public var `class` = Class.realTime
    /// The level in the class: from 0, the highest, to 7.
    public var priority: Int32 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "an I/O priority" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("class", &`class`)
        try m.required("priority", &priority, ifAbsent: .readAsZero)
    }

    /// The classes of ioprio_set(2).
    public enum Class: String, SpecWord {
        case realTime = "IOPRIO_CLASS_RT"
        case bestEffort = "IOPRIO_CLASS_BE"
        case idle = "IOPRIO_CLASS_IDLE"

        /// Its name in error messages.
        public static var noun: StaticString { "I/O priority class" }
    }
}

/// `process.execCPUAffinity`: lists of processors such as `0-3,7`, for `exec` only.
public struct ExecCPUAffinity: JSONObject {
    /// The processors before the process enters the container's cgroup.
    public var initial: String?
    /// The processors after that. If it is absent or empty, the kernel's choice stays.
    public var final: String?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("initial", &initial)
        try m.optional("final", &final)
    }
}
