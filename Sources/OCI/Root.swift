import Base

/// `root` (runtime-spec 1.3, config.md, "Root").
public struct Root: Equatable, Sendable {
    /// The root filesystem's directory: absolute, or relative to the bundle.
    public var path: String
    /// Whether the container sees it read-only.
    public var readonly: Bool?

    /// A root with the given properties; the others are absent.
    public init(path: String, readonly: Bool? = nil) {
        self.path = path
        self.readonly = readonly
    }
}

extension Root: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var path: String?
        var readonly: Bool?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "path": path = try json.string()
            case "readonly": readonly = try json.boolean()
            default: try json.skip()
            }
        }
        try self.init(path: json.required(path, "path", of: "root", at: start), readonly: readonly)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("readonly", readonly)
        }
    }
}
