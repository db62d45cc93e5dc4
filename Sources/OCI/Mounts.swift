import Base

/// One entry of `mounts` (runtime-spec 1.3, config.md, "Mounts").
public struct Mount: JSONObject {
    /// The mount point, as the container sees it.
    public var destination = ""
    /// The filesystem's type; ignored if `options` has `bind` or `rbind`.
    public var type: String?
    /// A device, a directory or a file. For a bind mount, a relative path starts at the bundle.
    public var source: String?
    /// Options as in mount(8), and data for the filesystem.
    public var options: [String]?
    /// The user id map of an id-mapped mount.
    public var uidMappings: [IDMapping]?
    /// The group id map of an id-mapped mount.
    public var gidMappings: [IDMapping]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a mount" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("destination", &destination)
        try m.optional("type", &type)
        try m.optional("source", &source)
        try m.optional("options", &options)
        try m.optional("uidMappings", &uidMappings)
        try m.optional("gidMappings", &gidMappings)
    }
}

/// The file for `mounts add` and `mounts remove`: an object with an array of mounts, or only that array.
public struct MountList: JSONObject {
    /// The mounts (config.md, "Mounts").
    public var mounts: [Mount] = []

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("mounts", &mounts, ifAbsent: .kept)
    }

    /// Reads a whole text in either form.
    public static func read(_ bytes: [UInt8]) throws(Failure) -> MountList {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "[") else { return try MountList(json: bytes) }
        do throws(Failure) { return MountList(mounts: try [Mount](json: bytes)) } catch {
            var failure = error
            failure.pointer = failure.pointer.map { "/mounts\($0)" }
            throw failure
        }
    }
}
