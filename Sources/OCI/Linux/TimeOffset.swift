/// One value of `linux.timeOffsets` (time_namespaces(7)).
public struct TimeOffset: Equatable, Sendable {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds.
    public var nanosecs: UInt32?

    /// An offset with the given properties; those not given are absent.
    public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
        self.secs = secs
        self.nanosecs = nanosecs
    }
}
