/// One entry of `blockIO.weightDevice`.
public struct WeightDevice: Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// The relative weight: 10 to 1000.
    public var weight: UInt16?
    /// The weight against child cgroups; cgroup v1 only.
    public var leafWeight: UInt16?

    /// A weight with the given properties; the others are absent.
    public init(major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
        self.major = major
        self.minor = minor
        self.weight = weight
        self.leafWeight = leafWeight
    }
}
