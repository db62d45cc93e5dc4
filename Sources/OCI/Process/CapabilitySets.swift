/// `process.capabilities`: the words of capabilities(7), such as `CAP_CHOWN`, set by set.
public struct CapabilitySets: Equatable, Sendable {
    /// What can ever be gained.
    public var bounding: [String]?
    /// What the kernel checks.
    public var effective: [String]?
    /// What an execve of a file with such a set keeps.
    public var inheritable: [String]?
    /// What may be made effective.
    public var permitted: [String]?
    /// What an execve of any file keeps; must be permitted and inheritable too.
    public var ambient: [String]?

    /// Capability sets with the given properties; those not given are absent.
    public init(
        bounding: [String]? = nil, effective: [String]? = nil, inheritable: [String]? = nil,
        permitted: [String]? = nil, ambient: [String]? = nil
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
    }
}
