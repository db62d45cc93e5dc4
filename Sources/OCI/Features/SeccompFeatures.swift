/// `linux.seccomp` of the features.
public struct SeccompFeatures: Equatable, Sendable {
    /// Whether filters are loaded at all.
    public var enabled: Bool?
    /// Actions.
    public var actions: [String]?
    /// Operators.
    public var operators: [String]?
    /// Architectures.
    public var archs: [String]?
    /// Flags whose names are known.
    public var knownFlags: [String]?
    /// Flags that kernel and library can do.
    public var supportedFlags: [String]?

    /// Seccomp features with the given properties; those not given are absent.
    public init(
        enabled: Bool? = nil, actions: [String]? = nil, operators: [String]? = nil, archs: [String]? = nil,
        knownFlags: [String]? = nil, supportedFlags: [String]? = nil
    ) {
        self.enabled = enabled
        self.actions = actions
        self.operators = operators
        self.archs = archs
        self.knownFlags = knownFlags
        self.supportedFlags = supportedFlags
    }
}

extension SeccompFeatures: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("enabled", enabled)
            json.member("actions", actions)
            json.member("operators", operators)
            json.member("archs", archs)
            json.member("knownFlags", knownFlags)
            json.member("supportedFlags", supportedFlags)
        }
    }
}
