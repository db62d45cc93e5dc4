import Base
import CShim

/// A compiled seccomp filter: classic BPF, ready for the kernel (seccomp(2), `SECCOMP_SET_MODE_FILTER`).
public struct SeccompFilter: Equatable, Sendable {
    /// How the kernel runs a filter: the flags of seccomp(2).
    public struct Flags: OptionSet, Sendable {
        public let rawValue: UInt32

        /// Takes the kernel's own bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// `SECCOMP_FILTER_FLAG_LOG`: what a rule refuses is logged.
        public static let log = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_LOG))
        /// `SECCOMP_FILTER_FLAG_SPEC_ALLOW`: no mitigation of speculative store bypass on account of the filter.
        public static let allowSpeculation = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
        /// `SECCOMP_FILTER_FLAG_NEW_LISTENER`: the process that holds the listener decides on calls that the filter passes on to it
        /// (seccomp_unotify(2)).
        public static let newListener = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_NEW_LISTENER))
        /// `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV` (Linux 5.19): once a listener has received a call, only a signal that
        /// ends the caller interrupts the wait. Only with ``newListener``.
        public static let waitKillable = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV))
    }

    /// The instructions (`struct sock_filter`, 8 bytes each) as they lie in memory.
    public var instructions: [UInt64]
    /// The flags to load it with.
    public var flags: Flags

    /// The most instructions that the kernel takes (`BPF_MAXINSNS`).
    public static let longest = Int(BPF_MAXINSNS)

    /// A filter of these instructions.
    public init(instructions: [UInt64], flags: Flags) {
        self.instructions = instructions
        self.flags = flags
    }

    /// prctl(2), PR_GET_SECCOMP: whether the calling process is below a filter already.
    public static var isAroundUs: Bool { shim_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER }

    /// Puts the filter on the calling thread, for good, and on all that it will start.
    ///
    /// - Returns: The listener, with ``Flags/newListener``; else ``Descriptor/none``.
    /// - Throws: ``Failure`` of `seccomp`: EACCES without either noNewPrivileges or CAP_SYS_ADMIN, EINVAL for
    ///   a program that is not one, EBUSY for a second listener.
    @discardableResult
    public borrowing func load() throws(Failure) -> Descriptor {
        guard let count = UInt16(exactly: instructions.count), instructions.count <= Self.longest else {
            throw Failure("the seccomp filter has \(instructions.count) instructions, the kernel takes \(Self.longest)")
        }
        let flags = self.flags.rawValue
        let answer = instructions.withUnsafeBytes { shim_seccomp_filter(flags, count, $0.baseAddress) }
        try check(answer, "seccomp", "load the seccomp filter")
        return self.flags.contains(.newListener) ? Descriptor(owning: answer) : .none
    }
}
