import Base

/// One entry of `linux.devices` (runtime-spec 1.3, config-linux.md, "Devices").
public struct Device: JSONObject {
    /// `c`, `u` (character), `b` (block) or `p` (FIFO).
    public var type = ""
    /// The node's full path inside the container.
    public var path = ""
    /// The major number; required unless `type` is `p`.
    public var major: Int64?
    /// The minor number; required unless `type` is `p`.
    public var minor: Int64?
    /// The permission bits. Some callers also set the bits of the file type.
    public var fileMode: UInt32?
    /// The owner as the container sees it.
    public var uid: UInt32?
    /// The group as the container sees it.
    public var gid: UInt32?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a device" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("path", &path, ifAbsent: .refusedLast)
        try m.required("type", &type)
        try m.optional("major", &major)
        try m.optional("minor", &minor)
        try m.optional("fileMode", &fileMode)
        try m.optional("uid", &uid)
        try m.optional("gid", &gid)
    }
}

/// One value of `linux.netDevices`.
public struct NetDevice: JSONObject {
    /// The device's name inside the container; absent keeps the name that it has on the host.
    public var name: String?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("name", &name)
    }
}
