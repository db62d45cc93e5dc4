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
