import Base

/// A whole config.json (runtime-spec 1.3, config.md).
///
/// What is absent in the text is nil here; no default is made up while reading. The sections of other platforms
/// (`windows`, `solaris`, `vm`, `zos`, `freebsd`) are skipped like any unknown property.
public struct Config: Equatable, Sendable {
    /// The version of the specification the bundle was written for, as SemVer 2.0.0.
    public var ociVersion: String
    /// The root filesystem.
    public var root: Root?
    /// What to run; the spec lets it be absent until `start`.
    public var process: Process?
    /// The host name inside the UTS namespace.
    public var hostname: String?
    /// The NIS domain name inside the UTS namespace.
    public var domainname: String?
    /// What is mounted beside the root, in this order.
    public var mounts: [Mount]?
    /// Programs to run at points of the container's life.
    public var hooks: Hooks?
    /// Free words for callers and hooks, in the order written.
    public var annotations: Annotations?
    /// What only Linux has.
    public var linux: LinuxConfig?

    /// A configuration with the given properties; the others are absent.
    public init(
        ociVersion: String, root: Root? = nil, process: Process? = nil, hostname: String? = nil,
        domainname: String? = nil, mounts: [Mount]? = nil, hooks: Hooks? = nil, annotations: Annotations? = nil,
        linux: LinuxConfig? = nil
    ) {
        self.ociVersion = ociVersion
        self.root = root
        self.process = process
        self.hostname = hostname
        self.domainname = domainname
        self.mounts = mounts
        self.hooks = hooks
        self.annotations = annotations
        self.linux = linux
    }
}

extension Config: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var ociVersion: String?
        var root: Root?
        var process: Process?
        var hostname: String?
        var domainname: String?
        var mounts: [Mount]?
        var hooks: Hooks?
        var annotations: Annotations?
        var linux: LinuxConfig?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "ociVersion": ociVersion = try json.string()
            case "root": root = try Root(&json)
            case "process": process = try Process(&json)
            case "hostname": hostname = try json.string()
            case "domainname": domainname = try json.string()
            case "mounts": mounts = try json.array(of: Mount.self)
            case "hooks": hooks = try Hooks(&json)
            case "annotations": annotations = try json.annotations()
            case "linux": linux = try LinuxConfig(&json)
            case "windows", "solaris", "vm", "zos", "freebsd": try json.skip()
            default: try json.skip()
            }
        }
        try self.init(
            ociVersion: json.required(ociVersion, "ociVersion", of: "the configuration", at: start), root: root,
            process: process, hostname: hostname, domainname: domainname,
            mounts: mounts, hooks: hooks, annotations: annotations, linux: linux)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ociVersion", ociVersion)
            json.member("process", process)
            json.member("root", root)
            json.member("hostname", hostname)
            json.member("domainname", domainname)
            json.member("mounts", mounts)
            json.member("hooks", hooks)
            json.member("annotations", annotations)
            json.member("linux", linux)
        }
    }
}
