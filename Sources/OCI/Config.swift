import Base

/// A whole config.json (runtime-spec 1.3, config.md).
///
/// A property that the text lacks is nil here: the reader adds no defaults.
public struct Config: JSONObject {
    /// The version of the specification that the bundle was written for, as SemVer 2.0.0.
    public var ociVersion = ""
    /// The root filesystem.
    public var root: Root?
    /// The program to run and how. The standard lets it be absent until `start`.
    public var process: Process?
    /// The host name inside the UTS namespace.
    public var hostname: String?
    /// The NIS domain name inside the UTS namespace.
    public var domainname: String?
    /// What to mount besides the root, in this order.
    public var mounts: [Mount]?
    /// Programs to run at certain points of the container's life.
    public var hooks: Hooks?
    /// Free-form notes for callers and hooks, in the order written.
    public var annotations: Annotations?
    /// The part that is specific to Linux.
    public var linux: LinuxConfig?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "the configuration" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("ociVersion", &ociVersion)
        try m.optional("process", &process)
        try m.optional("root", &root)
        try m.optional("hostname", &hostname)
        try m.optional("domainname", &domainname)
        try m.optional("mounts", &mounts)
        try m.optional("hooks", &hooks)
        try m.annotations("annotations", &annotations)
        try m.optional("linux", &linux)
        try m.ignored("windows")
        try m.ignored("solaris")
        try m.ignored("vm")
        try m.ignored("zos")
        try m.ignored("freebsd")
    }
}

/// `root` (runtime-spec 1.3, config.md, "Root").
public struct Root: JSONObject {
    /// The root filesystem's directory: absolute, or relative to the bundle.
    public var path = ""
    /// Whether the root filesystem is read-only for the container.
    public var readonly: Bool?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "root" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("path", &path)
        try m.optional("readonly", &readonly)
    }
}
