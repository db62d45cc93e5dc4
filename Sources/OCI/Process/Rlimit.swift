import Base

/// One entry of `process.rlimits`, for prlimit(2).
public struct Rlimit: Equatable, Sendable {
    /// The limit's name in getrlimit(2), such as `RLIMIT_NOFILE`.
    public var type: String
    /// What is enforced; 2^64-1 means no limit.
    public var soft: UInt64
    /// The ceiling; 2^64-1 means none.
    public var hard: UInt64

    /// A limit with all its properties.
    public init(type: String, soft: UInt64, hard: UInt64) {
        self.type = type
        self.soft = soft
        self.hard = hard
    }
}

extension Rlimit: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var type: String?
        var soft: UInt64?
        var hard: UInt64?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "type": type = try json.string()
            case "soft": soft = try json.integer()
            case "hard": hard = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            type: json.required(type, "type", of: "a resource limit", at: start),
            soft: json.required(soft, "soft", of: "a resource limit", at: start),
            hard: json.required(hard, "hard", of: "a resource limit", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", type)
            json.member("hard", hard)
            json.member("soft", soft)
        }
    }
}
