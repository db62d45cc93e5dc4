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
