/// `linux.memoryPolicy` of the features.
public struct MemoryPolicyFeatures: Equatable, Sendable {
    /// Modes.
    public var modes: [String]?
    /// Flags.
    public var flags: [String]?

    /// Memory policy features with the given properties; those not given are absent.
    public init(modes: [String]? = nil, flags: [String]? = nil) {
        self.modes = modes
        self.flags = flags
    }
}
