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
