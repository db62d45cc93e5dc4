import Base
import CShim
import Linux
import OCI

/// Sets `process.scheduler`. The host does it, since a user namespace takes the privilege from init. It comes last,
/// like the limits, so that it does not slow down the making of the container.
struct SetScheduler: HostWork {
    static var word: StaticString { "schedule" }

    var scheduler: Scheduler
    /// Whether the cgroup restricts the container to some processors. The kernel refuses `SCHED_DEADLINE` then.
    var hasProcessors: Bool

    /// - Throws: ``Failure`` for a property that does not fit the policy. The kernel checks the numbers.
    init(
        _ scheduler: Scheduler, hasProcessors: Bool, pointer: String = "/process/scheduler",
        _ refuse: Refuse = throwing
    ) throws(Failure) {
        self.scheduler = scheduler
        self.hasProcessors = hasProcessors
        let policy = scheduler.policy
        if policy == .other || policy == .batch, let nice = scheduler.nice, !(-20...19).contains(nice) {
            try refuse(
                Failure("a nice value is from -20 to 19, not \(nice)", pointer: "\(pointer)/nice", code: .outOfRange))
        }
        if policy != .fifo && policy != .roundRobin, let priority = scheduler.priority, priority != 0 {
            try refuse(
                Failure(
                    "scheduler.priority can only be specified for SCHED_FIFO or SCHED_RR",
                    pointer: "\(pointer)/priority", code: .conflict))
        }
        let times = [
            ("runtime", scheduler.runtime), ("deadline", scheduler.deadline), ("period", scheduler.period),
        ]
        for (name, time) in times where policy != .deadline && (time ?? 0) != 0 {
            try refuse(
                Failure(
                    "scheduler.\(name) can only be specified for SCHED_DEADLINE", pointer: "\(pointer)/\(name)",
                    code: .conflict))
        }
    }

    var summary: String {
        var text = "schedule by \(scheduler.policy.word)"
        if let nice = scheduler.nice { text += ", nice \(nice)" }
        if let priority = scheduler.priority { text += ", priority \(priority)" }
        if let runtime = scheduler.runtime { text += ", runtime \(runtime) ns" }
        if let deadline = scheduler.deadline { text += ", deadline \(deadline) ns" }
        if let period = scheduler.period { text += ", period \(period) ns" }
        for flag in scheduler.flags ?? [] { text += ", \(flag.word)" }
        return text
    }

    func perform(_ session: inout HostSide) throws(Failure) { try perform(pid: session.pid) }

    /// - Parameter pid: The container's first process, as the host numbers it.
    /// - Throws: ``Failure`` of `sched_setattr`.
    func perform(pid: Int32) throws(Failure) {
        do throws(Failure) { try schedSetattr(attributes, of: pid) } catch {
            throw error.hinting(hint(error.errno))
        }
    }

    var attributes: SchedulingAttributes {
        SchedulingAttributes(
            policy: scheduler.policy.number, flags: (scheduler.flags ?? []).reduce(0) { $0 | $1.bit },
            nice: scheduler.nice ?? 0, priority: UInt32(bitPattern: scheduler.priority ?? 0),
            runtime: scheduler.runtime ?? 0, deadline: scheduler.deadline ?? 0, period: scheduler.period ?? 0)
    }

    private func hint(_ errno: Errno?) -> String? {
        switch errno {
        case .EPERM where scheduler.policy == .deadline && hasProcessors:
            "SCHED_DEADLINE can't be used together with AllowedCPUs: remove /linux/resources/cpu/cpus"
        case .EPERM: "it needs CAP_SYS_NICE on the host"
        case .EINVAL where scheduler.policy == .fifo || scheduler.policy == .roundRobin:
            "\(scheduler.policy.word) needs a priority from 1 to 99"
        case .EINVAL where scheduler.policy == .deadline:
            "SCHED_DEADLINE needs a runtime of 1024 ns or more, no more than its deadline, no more than its period"
        case .EBUSY: "the processors have no bandwidth left for another SCHED_DEADLINE process"
        default: nil
        }
    }
}

extension Scheduler.Policy {
    /// The number in linux/sched.h.
    fileprivate var number: UInt32 {
        switch self {
        case .other: UInt32(SCHED_NORMAL)
        case .fifo: UInt32(SCHED_FIFO)
        case .roundRobin: UInt32(SCHED_RR)
        case .batch: UInt32(SCHED_BATCH)
        case .iso: UInt32(SCHED_ISO)
        case .idle: UInt32(SCHED_IDLE)
        case .deadline: UInt32(SCHED_DEADLINE)
        }
    }
}

extension Scheduler.Flag {
    /// The bit in linux/sched.h.
    fileprivate var bit: UInt64 {
        switch self {
        case .resetOnFork: UInt64(SCHED_FLAG_RESET_ON_FORK)
        case .reclaim: UInt64(SCHED_FLAG_RECLAIM)
        case .deadlineOverrun: UInt64(SCHED_FLAG_DL_OVERRUN)
        case .keepPolicy: UInt64(SCHED_FLAG_KEEP_POLICY)
        case .keepParameters: UInt64(SCHED_FLAG_KEEP_PARAMS)
        case .utilClampMin: UInt64(SCHED_FLAG_UTIL_CLAMP_MIN)
        case .utilClampMax: UInt64(SCHED_FLAG_UTIL_CLAMP_MAX)
        }
    }
}

/// Sets `process.ioPriority` from the host, for init's process group. Every process that it starts inherits it.
struct SetIOPriority: HostWork {
    static var word: StaticString { "prioritize-io" }

    var priority: IOPriority

    /// - Throws: ``Failure`` for a level outside 0...7.
    init(
        _ priority: IOPriority, pointer: String = "/process/ioPriority", _ refuse: Refuse = throwing
    ) throws(Failure) {
        if !(0...7).contains(priority.priority) {
            try refuse(
                Failure(
                    "an I/O priority is from 0 to 7, not \(priority.priority)", pointer: "\(pointer)/priority",
                    code: .outOfRange))
        }
        self.priority = priority
    }

    var summary: String { "I/O priority \(priority.priority) of \(priority.class.word)" }

    func perform(_ session: inout HostSide) throws(Failure) { try perform(pid: session.pid) }

    /// - Parameter pid: The container's first process, as the host numbers it; it leads its process group.
    /// - Throws: ``Failure`` of `ioprio_set`.
    func perform(pid: Int32) throws(Failure) {
        let kind: CInt =
            switch priority.class {
            case .realTime: CInt(IOPRIO_CLASS_RT)
            case .bestEffort: CInt(IOPRIO_CLASS_BE)
            case .idle: CInt(IOPRIO_CLASS_IDLE)
            }
        try ioprioSet(kind: kind, level: priority.priority, ofGroup: pid)
    }
}
