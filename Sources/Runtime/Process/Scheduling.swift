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
        let `class`: CInt =
            switch priority.class {
            case .realTime: CInt(IOPRIO_CLASS_RT)
            case .bestEffort: CInt(IOPRIO_CLASS_BE)
            case .idle: CInt(IOPRIO_CLASS_IDLE)
            }
        try ioprioSet(class: `class`, level: priority.priority, ofGroup: pid)
    }
}

/// Sets the processors of `process.execCPUAffinity` for `exec`: the runtime's own before the process is born in the
/// container's cgroup (`initial`), or those of the process after it is there (`final`).
struct SetAffinity: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "set-affinity" }

    /// As config.json lists them.
    var text: String
    private var mask: [UInt64]

    /// - Returns: nil for a malformed list.
    init?(_ text: String) {
        guard let list = NumberList(text) else { return nil }
        self.text = text
        mask = list.mask
    }

    var summary: String { "run on the processors \(text)" }

    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL if no processor of the list exists, or is in the cgroup.
    func perform() throws(Failure) {
        do throws(Failure) { try ThisProcess.schedSetaffinity(mask) } catch {
            throw error.hinting(error.errno == .EINVAL ? "none of \(text) is there, or in the container's cpuset" : nil)
        }
    }
}

/// Lets init run on every processor of its cgroup, even if the runtime's caller was pinned to a few.
struct ResetAffinity: InsideWork, ProcessWork {
    static var word: StaticString { "reset-affinity" }

    var summary: String { "allow every processor of the cgroup" }

    /// - Throws: ``Failure`` of `sched_setaffinity`, but not ENOSYS: if we do not have the call, our caller did not
    ///   use it to pin us.
    func perform() throws(Failure) {
        do throws(Failure) { try ThisProcess.allowAllProcessors() } catch  where error.errno == .ENOSYS {}
    }
}

/// A list of processors or memory nodes in the kernel's form (cpuset(7), "List format"): `0-3,7`.
struct NumberList: Equatable {
    /// The ranges in the order written. No range is empty; they may overlap.
    private(set) var ranges: [ClosedRange<Int>] = []

    /// The highest number that set_mempolicy(2) accepts, higher than any kernel counts.
    static let highest = 32767

    /// - Returns: nil for a malformed list, or if a number is above ``highest``.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let ends = part.split(
                separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard let first = Self.number(ends[0]), let last = Self.number(ends[ends.count - 1]), ends.count <= 2,
                first <= last
            else { return nil }
            ranges.append(first...last)
        }
    }

    /// The numbers as bits: bit N is number N.
    var mask: [UInt64] {
        var mask = [UInt64](repeating: 0, count: (ranges.map { $0.upperBound }.max() ?? 0) / 64 + 1)
        for number in ranges.joined() { mask[number / 64] |= 1 << UInt64(number % 64) }
        return mask
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard let first = digits.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9"),
            let number = Int(Substring(digits)), number <= highest
        else { return nil }
        return number
    }
}
