import Base

/// One entry of `mounts` (runtime-spec 1.3, config.md, "Mounts").
public struct Mount: JSONObject {
    /// The mount point, as the container sees it.
    public var destination = ""
    /// The filesystem's type; without meaning if `options` have `bind` or `rbind`.
    public var type: String?
    /// A device, a directory or a file; relative to the bundle for a bind mount.
    public var source: String?
    /// Options of mount(8), and data for the filesystem.
    public var options: [String]?
    /// User ids of the source, mapped for an id-mapped mount.
    public var uidMappings: [IDMapping]?
    /// Group ids of the source, mapped for an id-mapped mount.
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

/// The file of `mounts add` and `mounts remove`: an object with an array of mounts, or that array alone.
public struct MountList: JSONObject {
    /// The entries (config.md, "Mounts").
    public var mounts: [Mount] = []

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("mounts", &mounts, ifAbsent: .kept)
    }

    /// Reads a whole text, which is either of the two.
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
