import Base
import CShim

/// The attributes for sched_setattr(2), in the kernel's numbers; times in nanoseconds.
public struct SchedulingAttributes: Equatable, Sendable {
    /// `SCHED_*`.
    public var policy: UInt32
    /// `SCHED_FLAG_*`.
    public var flags: UInt64
    /// -20 to 19.
    public var nice: Int32
    /// The static priority of real-time policies, 1 to 99; otherwise 0.
    public var priority: UInt32
    /// For `SCHED_DEADLINE`.
    public var runtime: UInt64
    /// For `SCHED_DEADLINE`.
    public var deadline: UInt64
    /// For `SCHED_DEADLINE`.
    public var period: UInt64

    /// All of them.
    public init(
        policy: UInt32, flags: UInt64, nice: Int32, priority: UInt32, runtime: UInt64, deadline: UInt64,
        period: UInt64
    ) {
        self.policy = policy
        self.flags = flags
        self.nice = nice
        self.priority = priority
        self.runtime = runtime
        self.deadline = deadline
        self.period = period
    }
}

/// sched_setattr(2).
///
/// - Parameter pid: The process, as the caller's pid namespace numbers it.
/// - Throws: ``Failure`` of `sched_setattr`: EPERM without CAP_SYS_NICE on the host, and for `SCHED_DEADLINE` if
///   the process may not run on every processor; EINVAL for numbers that the policy does not accept.
public func schedSetattr(_ attributes: SchedulingAttributes, of pid: Int32) throws(Failure) {
    try check(
        shim_sched_setattr(
            pid, attributes.policy, attributes.flags, attributes.nice, attributes.priority, attributes.runtime,
            attributes.deadline, attributes.period), "sched_setattr", "set the scheduler")
}

/// ioprio_set(2), IOPRIO_WHO_PGRP.
///
/// - Parameters:
///   - class: `IOPRIO_CLASS_*`.
///   - level: 0, the highest, to 7.
///   - group: A process group, as the caller's pid namespace numbers it.
/// - Throws: ``Failure`` of `ioprio_set`: EPERM for real time without CAP_SYS_NICE on the host.
public func ioprioSet(class: CInt, level: CInt, ofGroup group: Int32) throws(Failure) {
    let priority = `class` << IOPRIO_CLASS_SHIFT | level
    try check(shim_ioprio_set(CInt(IOPRIO_WHO_PGRP), group, priority), "ioprio_set", "set the I/O priority")
}
