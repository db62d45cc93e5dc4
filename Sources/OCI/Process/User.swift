import Base

/// `process.user` (runtime-spec 1.3, config.md, "POSIX-platform User"): numbers as the container sees them.
public struct User: Equatable, Sendable {
    /// The user id.
    public var uid: UInt32
    /// The group id.
    public var gid: UInt32
    /// The file mode creation mask.
    public var umask: UInt32?
    /// Supplementary groups; absent and empty both mean none.
    public var additionalGids: [UInt32]?

    /// A user with the given properties; the others are absent.
    public init(uid: UInt32, gid: UInt32, umask: UInt32? = nil, additionalGids: [UInt32]? = nil) {
        self.uid = uid
        self.gid = gid
        self.umask = umask
        self.additionalGids = additionalGids
    }
}

extension User: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var uid: UInt32?
        var gid: UInt32?
        var umask: UInt32?
        var additionalGids: [UInt32]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "uid": uid = try json.integer()
            case "gid": gid = try json.integer()
            case "umask": umask = try json.integer()
            case "additionalGids": additionalGids = try json.integers()
            default: try json.skip()
            }
        }
        try self.init(
            uid: json.required(uid, "uid", of: "a user", at: start),
            gid: json.number(gid, "gid", of: "a user", at: start), umask: umask, additionalGids: additionalGids)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uid", uid)
            json.member("gid", gid)
            json.member("umask", umask)
            json.member("additionalGids", additionalGids)
        }
    }
}
