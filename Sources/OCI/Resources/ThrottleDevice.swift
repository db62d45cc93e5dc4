/// One entry of the four throttle lists of `blockIO`.
public struct ThrottleDevice: Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// Bytes or operations per second.
    public var rate: UInt64

    /// A rate with all its properties.
    public init(major: Int64, minor: Int64, rate: UInt64) {
        self.major = major
        self.minor = minor
        self.rate = rate
    }
}
