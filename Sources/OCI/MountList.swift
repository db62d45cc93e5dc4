import Base

/// The file of `mounts add` and `mounts remove`: an array of mounts, or an object with such an array.
public struct MountList: Equatable, Sendable {
    /// The entries (config.md, "Mounts").
    public var mounts: [Mount]
}

extension MountList: JSONReadable {
    /// Reads the object; without `mounts` it has none.
    public init(_ json: inout JSONReader) throws(Failure) {
        var mounts: [Mount] = []
        try json.object { json, key throws(Failure) in
            guard case "mounts" = key else { return try json.skip() }
            mounts = try json.array { json throws(Failure) in try Mount(&json) }
        }
        self.mounts = mounts
    }

    /// Reads a whole text, which is either of the two.
    public static func read(_ bytes: [UInt8]) throws(Failure) -> MountList {
        let first = bytes.first { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }
        guard first == UInt8(ascii: "[") else { return try MountList(json: bytes) }
        do throws(Failure) { return MountList(mounts: try MountArray(json: bytes).mounts) } catch {
            var failure = error
            failure.pointer = failure.pointer.map { "/mounts\($0)" }
            throw failure
        }
    }
}

/// The array alone.
private struct MountArray: JSONReadable {
    var mounts: [Mount]

    init(_ json: inout JSONReader) throws(Failure) {
        mounts = try json.array { json throws(Failure) in try Mount(&json) }
    }
}
