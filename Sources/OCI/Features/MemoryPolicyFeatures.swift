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

extension MemoryPolicyFeatures: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("modes", modes)
            json.member("flags", flags)
        }
    }
}
