import Base

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

extension IntelRdt: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var closID: String?
        var schemata: [String]?
        var l3CacheSchema: String?
        var memBwSchema: String?
        var enableMonitoring: Bool?
        try json.object { json, key throws(Failure) in
            switch key {
            case "closID": closID = try json.string()
            case "schemata": schemata = try json.strings()
            case "l3CacheSchema": l3CacheSchema = try json.string()
            case "memBwSchema": memBwSchema = try json.string()
            case "enableMonitoring": enableMonitoring = try json.boolean()
            default: try json.skip()
            }
        }
        self.init(
            closID: closID, schemata: schemata, l3CacheSchema: l3CacheSchema, memBwSchema: memBwSchema,
            enableMonitoring: enableMonitoring)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("closID", closID)
            json.member("schemata", schemata)
            json.member("l3CacheSchema", l3CacheSchema)
            json.member("memBwSchema", memBwSchema)
            json.member("enableMonitoring", enableMonitoring)
        }
    }
}
