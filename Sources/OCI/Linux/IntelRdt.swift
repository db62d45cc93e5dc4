/// `linux.intelRdt`: resctrl, the Intel Resource Director Technology (runtime-spec 1.3, config-linux.md, "IntelRdt").
public struct IntelRdt: Equatable, Sendable {
    /// The class of service; absent means the container's id.
    public var closID: String?
    /// Lines for the `schemata` file, written last.
    public var schemata: [String]?
    /// The line for L3 cache masks.
    public var l3CacheSchema: String?
    /// The line for memory bandwidth; begins with `MB:`.
    public var memBwSchema: String?
    /// Whether the container gets a monitoring group.
    public var enableMonitoring: Bool?

    /// A resctrl section with the given properties; those not given are absent.
    public init(
        closID: String? = nil, schemata: [String]? = nil, l3CacheSchema: String? = nil, memBwSchema: String? = nil,
        enableMonitoring: Bool? = nil
    ) {
        self.closID = closID
        self.schemata = schemata
        self.l3CacheSchema = l3CacheSchema
        self.memBwSchema = memBwSchema
        self.enableMonitoring = enableMonitoring
    }
}
