/// A feature that is there or not.
public struct FeatureSwitch: Equatable, Sendable {
    /// Whether it is there.
    public var enabled: Bool?

    /// A switch with the given properties; those not given are absent.
    public init(enabled: Bool? = nil) {
        self.enabled = enabled
    }
}
