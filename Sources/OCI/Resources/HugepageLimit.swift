import Base

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

extension HugepageLimit: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var pageSize: String?
        var limit: UInt64?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "pageSize": pageSize = try json.string()
            case "limit": limit = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            pageSize: json.required(pageSize, "pageSize", of: "a huge page limit", at: start),
            limit: json.required(limit, "limit", of: "a huge page limit", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("pageSize", pageSize)
            json.member("limit", limit)
        }
    }
}
