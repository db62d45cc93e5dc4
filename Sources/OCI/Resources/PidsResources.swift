/// `linux.resources.pids`.
public struct PidsResources: Equatable, Sendable {
    /// How many tasks; below 0 means no limit, 0 is a real limit.
    public var limit: Int64?

    /// A task limit with the given properties; those not given are absent.
    public init(limit: Int64? = nil) {
        self.limit = limit
    }
}
