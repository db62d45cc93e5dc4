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

/// `hooks` (runtime-spec 1.3, config.md, "POSIX-platform Hooks"). Each list runs in order.
public struct Hooks: JSONObject {
    /// Deprecated: runs as `createRuntime` does, and before it.
    public var prestart: [Hook]?
    /// During `create`, in the runtime's namespaces, before pivot_root.
    public var createRuntime: [Hook]?
    /// During `create`, in the container's namespaces, before pivot_root.
    public var createContainer: [Hook]?
    /// During `start`, inside the container, before the program runs.
    public var startContainer: [Hook]?
    /// During `start`, in the runtime's namespaces, after the program has started.
    public var poststart: [Hook]?
    /// During `delete`, in the runtime's namespaces, after the container has been removed.
    public var poststop: [Hook]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("prestart", &prestart)
        try m.optional("createRuntime", &createRuntime)
        try m.optional("createContainer", &createContainer)
        try m.optional("startContainer", &startContainer)
        try m.optional("poststart", &poststart)
        try m.optional("poststop", &poststop)
    }
}

/// One program of ``Hooks``. It reads the container's ``State`` from its standard input.
public struct Hook: JSONObject {
    /// The program's absolute path.
    public var path = ""
    /// Its argument vector, starting with the program's name.
    public var args: [String]?
    /// Its environment; absent means the runtime's own.
    public var env: [String]?
    /// After how many seconds it is killed; more than 0.
    public var timeout: Int?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a hook" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("path", &path)
        try m.optional("args", &args)
        try m.optional("env", &env)
        try m.optional("timeout", &timeout)
    }
}

/// The parts of a config.json that `exec` needs: the process, and what concerns a process in `linux`. The reader skips
/// the rest, which must still be correct JSON.
public struct ExecConfig: JSONObject {
    /// `process`.
    public var process: Process?
    /// `linux` with `seccomp`, `personality` and `memoryPolicy` only; the rest is absent.
    public var linux: LinuxConfig { part.linux }

    private var part = ProcessPart()

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("process", &process)
        try m.required("linux", &part, ifAbsent: .kept)
    }
}

/// The part of `linux` that concerns a process.
private struct ProcessPart: JSONObject {
    var linux = LinuxConfig()

    static var empty: Self { Self() }

    mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("seccomp", &linux.seccomp)
        try m.optional("personality", &linux.personality)
        try m.optional("memoryPolicy", &linux.memoryPolicy)
    }
}

/// Only the process of a config.json.
public struct ConfigProcess: JSONObject {
    /// `process`.
    public var process: Process?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("process", &process)
    }
}
