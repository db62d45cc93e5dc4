import Base

/// One entry of `linux.devices` (runtime-spec 1.3, config-linux.md, "Devices").
public struct Device: Equatable, Sendable {
    /// `c`, `u` (character), `b` (block) or `p` (FIFO).
    public var type: String
    /// The node's full path inside the container.
    public var path: String
    /// The major number; needed unless `type` is `p`.
    public var major: Int64?
    /// The minor number; needed unless `type` is `p`.
    public var minor: Int64?
    /// Permission bits; some callers put the file type's bits in too.
    public var fileMode: UInt32?
    /// The owner as the container sees it.
    public var uid: UInt32?
    /// The group as the container sees it.
    public var gid: UInt32?

    /// A device with the given properties; the others are absent.
    public init(
        type: String, path: String, major: Int64? = nil, minor: Int64? = nil, fileMode: UInt32? = nil,
        uid: UInt32? = nil, gid: UInt32? = nil
    ) {
        self.type = type
        self.path = path
        self.major = major
        self.minor = minor
        self.fileMode = fileMode
        self.uid = uid
        self.gid = gid
    }
}

extension Device: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var type: String?
        var path: String?
        var major: Int64?
        var minor: Int64?
        var fileMode: UInt32?
        var uid: UInt32?
        var gid: UInt32?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "type": type = try json.string()
            case "path": path = try json.string()
            case "major": major = try json.integer()
            case "minor": minor = try json.integer()
            case "fileMode": fileMode = try json.integer()
            case "uid": uid = try json.integer()
            case "gid": gid = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            type: json.required(type, "type", of: "a device", at: start),
            path: json.required(path, "path", of: "a device", at: start), major: major, minor: minor,
            fileMode: fileMode, uid: uid, gid: gid)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("type", type)
            json.member("major", major)
            json.member("minor", minor)
            json.member("fileMode", fileMode)
            json.member("uid", uid)
            json.member("gid", gid)
        }
    }
}
