import Base

/// One entry of `linux.resources.devices` (config-linux.md, "Allowed Device list").
public struct DeviceRule: Equatable, Sendable {
    /// Whether it allows or denies.
    public var allow: Bool
    /// `a` (all), `c` or `b`; absent means all.
    public var type: String?
    /// The major number; absent means all.
    public var major: Int64?
    /// The minor number; absent means all.
    public var minor: Int64?
    /// Of `r` (read), `w` (write) and `m` (mknod).
    public var access: String?

    /// A rule with the given properties; the others are absent.
    public init(allow: Bool, type: String? = nil, major: Int64? = nil, minor: Int64? = nil, access: String? = nil) {
        self.allow = allow
        self.type = type
        self.major = major
        self.minor = minor
        self.access = access
    }
}

extension DeviceRule: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var allow: Bool?
        var type: String?
        var major: Int64?
        var minor: Int64?
        var access: String?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "allow": allow = try json.boolean()
            case "type": type = try json.string()
            case "major": major = try json.integer()
            case "minor": minor = try json.integer()
            case "access": access = try json.string()
            default: try json.skip()
            }
        }
        try self.init(
            allow: json.required(allow, "allow", of: "a device rule", at: start), type: type, major: major,
            minor: minor, access: access)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("allow", allow)
            json.member("type", type)
            json.member("major", major)
            json.member("minor", minor)
            json.member("access", access)
        }
    }
}
