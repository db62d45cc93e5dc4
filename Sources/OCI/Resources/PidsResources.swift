import Base

/// `linux.resources.pids`.
public struct PidsResources: Equatable, Sendable {
    /// How many tasks; below 0 means no limit, 0 is a real limit.
    public var limit: Int64?

    /// A task limit with the given properties; those not given are absent.
    public init(limit: Int64? = nil) {
        self.limit = limit
    }
}

extension PidsResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var limit: Int64?
        try json.object { json, key throws(Failure) in
            switch key {
            case "limit": limit = try json.integer()
            default: try json.skip()
            }
        }
        self.init(limit: limit)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("limit", limit)
        }
    }
}
