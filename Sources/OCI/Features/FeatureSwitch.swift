/// A feature that is there or not.
public struct FeatureSwitch: Equatable, Sendable {
    /// Whether it is there.
    public var enabled: Bool?

    /// A switch with the given properties; those not given are absent.
    public init(enabled: Bool? = nil) {
        self.enabled = enabled
    }
}

extension FeatureSwitch: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("enabled", enabled)
        }
    }
}
