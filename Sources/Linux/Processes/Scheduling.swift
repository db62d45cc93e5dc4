import Base
import CShim

/// The calls for when and where a process runs: sched(7), ioprio_set(2), numa(7).
public enum Scheduling {
    /// The attributes for sched_setattr(2), in the kernel's numbers; times in nanoseconds.
    public struct Attributes: Equatable, Sendable {
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
    public static func schedSetattr(_ attributes: Attributes, of pid: Int32) throws(Failure) {
        try check(
            shim_sched_setattr(
                pid, attributes.policy, attributes.flags, attributes.nice, attributes.priority, attributes.runtime,
                attributes.deadline, attributes.period), "sched_setattr", "set the scheduler")
    }

    /// ioprio_set(2), IOPRIO_WHO_PGRP.
    ///
    /// - Parameters:
    ///   - kind: `IOPRIO_CLASS_*`.
    ///   - level: 0, the highest, to 7.
    ///   - group: A process group, as the caller's pid namespace numbers it.
    /// - Throws: ``Failure`` of `ioprio_set`: EPERM for real time without CAP_SYS_NICE on the host.
    public static func ioprioSet(kind: CInt, level: CInt, ofGroup group: Int32) throws(Failure) {
        let priority = kind << IOPRIO_CLASS_SHIFT | level
        try check(shim_ioprio_set(CInt(IOPRIO_WHO_PGRP), group, priority), "ioprio_set", "set the I/O priority")
    }

    /// sched_setaffinity(2): lets the calling process run on every processor of its cgroup.
    ///
    /// Since Linux 6.2 the kernel remembers the mask that was once set for a process, and a cpuset can only narrow it
    /// (commit da019032819a, "sched: Enforce user requested affinity"). So a container started by a pinned caller
    /// would stay on its caller's processors. The kernel reduces the mask to the existing processors; 8192 is the most
    /// of any build (NR_CPUS).
    ///
    /// - Throws: ``Failure`` of `sched_setaffinity`: ENOSYS if a seccomp filter around us hides it.
    public static func allowAllProcessors() throws(Failure) {
        let mask = [UInt8](repeating: 0xFF, count: 8192 / 8)
        try check(shim_sched_setaffinity(0, mask.count, mask), "sched_setaffinity", "allow every processor")
    }

    /// sched_setaffinity(2): lets the calling process run only on these processors.
    ///
    /// - Parameter mask: Bit N is processor N.
    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL if none of them exists and is in the cgroup.
    public static func schedSetaffinity(_ mask: [UInt64]) throws(Failure) {
        let answer = mask.withUnsafeBytes { shim_sched_setaffinity(0, $0.count, $0.baseAddress) }
        try check(answer, "sched_setaffinity", "choose the processors")
    }

    /// set_mempolicy(2), for the calling process and all that it starts.
    ///
    /// - Parameters:
    ///   - mode: `MPOL_*`, with the `MPOL_F_*` flags.
    ///   - nodes: Bit N is memory node N; empty for no nodes.
    /// - Throws: ``Failure`` of `set_mempolicy`: EINVAL for a mode that the kernel does not have, flags that do not
    ///   fit it, or nodes that do not exist; ENOSYS for a kernel without NUMA.
    public static func setMempolicy(_ mode: CInt, nodes: [UInt64]) throws(Failure) {
        // The kernel reads one bit less than the count.
        let count = nodes.isEmpty ? 0 : UInt(nodes.count * 64 + 1)
        let answer = nodes.withUnsafeBufferPointer {
            shim_set_mempolicy(mode, count == 0 ? nil : $0.baseAddress, count)
        }
        try check(answer, "set_mempolicy", "set the memory policy")
    }

    /// personality(2): the execution domain, `PER_*`.
    public static func personality(_ domain: UInt) throws(Failure) {
        try check(shim_personality(domain), "personality", "set the execution domain")
    }
}
