/// One entry of `linux.resources.hugepageLimits`.
public struct HugepageLimit: Equatable, Sendable {
    /// The size of a page: `64KB`, `2MB`, `1GB`.
    public var pageSize: String
    /// Bytes in such pages.
    public var limit: UInt64

    /// A limit with all its properties.
    public init(pageSize: String, limit: UInt64) {
        self.pageSize = pageSize
        self.limit = limit
    }
}
