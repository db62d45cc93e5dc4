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
        guard let type else { throw json.missing("type", from: "a resource limit", at: start) }
        guard let soft else { throw json.missing("soft", from: "a resource limit", at: start) }
        guard let hard else { throw json.missing("hard", from: "a resource limit", at: start) }
        self.init(type: type, soft: soft, hard: hard)
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
