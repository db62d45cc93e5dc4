import Base
import CShim

/// A compiled seccomp filter: classic BPF, ready for the kernel (seccomp(2), `SECCOMP_SET_MODE_FILTER`).
public struct SeccompFilter: Equatable, Sendable {
    /// The flags of seccomp(2): how the kernel runs a filter.
    public struct Flags: OptionSet, Sendable {
        public let rawValue: UInt32

        /// Takes the kernel's own bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// `SECCOMP_FILTER_FLAG_LOG`: the kernel logs what a rule refuses.
        public static let log = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_LOG))
        /// `SECCOMP_FILTER_FLAG_SPEC_ALLOW`: the filter does not turn on the mitigation of speculative store bypass.
        public static let allowSpeculation = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_SPEC_ALLOW))
        /// `SECCOMP_FILTER_FLAG_NEW_LISTENER`: the process that holds the listener decides on the calls that the
        /// filter passes to it (seccomp_unotify(2)).
        public static let newListener = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_NEW_LISTENER))
        /// `SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV` (Linux 5.19): after a listener has received a call, only a signal
        /// that ends the caller interrupts the wait. Only with ``newListener``.
        public static let waitKillable = Flags(rawValue: UInt32(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV))
    }

    /// The instructions (`struct sock_filter`, 8 bytes each) as they are in memory.
    public var instructions: [UInt64]
    /// The flags to load it with.
    public var flags: Flags

    /// The most instructions that the kernel accepts (`BPF_MAXINSNS`).
    public static let longest = Int(BPF_MAXINSNS)

    /// A filter of these instructions.
    public init(instructions: [UInt64], flags: Flags) {
        self.instructions = instructions
        self.flags = flags
    }

    /// Whether the calling process is under a filter already (prctl(2), PR_GET_SECCOMP).
    public static var isAroundUs: Bool { shim_prctl(PR_GET_SECCOMP, 0, 0, 0, 0) == SECCOMP_MODE_FILTER }

    /// Loads the filter for the calling thread, and for all processes that it will start. The kernel never removes a
    /// filter.
    ///
    /// - Returns: The listener, with ``Flags/newListener``; otherwise ``Descriptor/none``.
    /// - Throws: ``Failure`` of `seccomp`: EACCES without either noNewPrivileges or CAP_SYS_ADMIN, EINVAL for a
    ///   malformed program, EBUSY for a second listener.
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
