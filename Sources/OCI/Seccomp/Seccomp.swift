/// `linux.seccomp` (runtime-spec 1.3, config-linux.md, "Seccomp").
public struct Seccomp: Equatable, Sendable {
    /// What happens to a call that no rule matches.
    public var defaultAction: SeccompAction
    /// The errno of the default action; absent means EPERM.
    public var defaultErrnoRet: UInt32?
    /// System call tables beside the native one: `SCMP_ARCH_X86_64` ...
    public var architectures: [String]?
    /// Flags of seccomp(2); absent and empty differ (facts.md 2.6).
    public var flags: [String]?
    /// A socket that is sent the listener's descriptor.
    public var listenerPath: String?
    /// What is told to the listener beside it.
    public var listenerMetadata: String?
    /// The rules.
    public var syscalls: [SeccompRule]?

    /// A filter with the given properties; the others are absent.
    public init(
        defaultAction: SeccompAction, defaultErrnoRet: UInt32? = nil, architectures: [String]? = nil,
        flags: [String]? = nil, listenerPath: String? = nil, listenerMetadata: String? = nil,
        syscalls: [SeccompRule]? = nil
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }
}
