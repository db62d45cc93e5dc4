import Base

/// `linux` (runtime-spec 1.3, config-linux.md).
public struct LinuxConfig: JSONObject {
    /// Namespaces to make or join. For every other kind, the container shares the namespace of the runtime.
    public var namespaces: [Namespace]?
    /// The user ids of a new user namespace.
    public var uidMappings: [IDMapping]?
    /// The group ids of a new user namespace.
    public var gidMappings: [IDMapping]?
    /// Clock offsets of a new time namespace, by the clock's name: `monotonic`, `boottime`.
    public var timeOffsets: Entries<TimeOffset>?
    /// Device nodes to make besides the default ones.
    public var devices: [Device]?
    /// Network devices to move into the container, by their names on the host.
    public var netDevices: Entries<NetDevice>?
    /// The path of the cgroup. An absolute path starts at the cgroup mount; the runtime decides where a relative one
    /// starts.
    public var cgroupsPath: String?
    /// The limits of the container's cgroup.
    public var resources: Resources?
    /// The mount propagation of the root: `private`, `shared`, `slave` or `unbindable`. Callers also write `rprivate`
    /// and so on.
    public var rootfsPropagation: String?
    /// The system call filter.
    public var seccomp: Seccomp?
    /// Kernel parameters by name, in the order written.
    public var sysctl: Entries<String>?
    /// Paths that the container cannot read.
    public var maskedPaths: [String]?
    /// Paths that the container cannot write to.
    public var readonlyPaths: [String]?
    /// The SELinux label of the container's mounts.
    public var mountLabel: String?
    /// Cache and memory bandwidth control by resctrl.
    public var intelRdt: IntelRdt?
    /// The execution domain, for personality(2).
    public var personality: Personality?
    /// The NUMA memory policy.
    public var memoryPolicy: MemoryPolicy?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("uidMappings", &uidMappings)
        try m.optional("gidMappings", &gidMappings)
        try m.optional("sysctl", &sysctl)
        try m.optional("resources", &resources)
        try m.optional("cgroupsPath", &cgroupsPath)
        try m.optional("namespaces", &namespaces)
        try m.optional("devices", &devices)
        try m.optional("netDevices", &netDevices)
        try m.optional("seccomp", &seccomp)
        try m.optional("rootfsPropagation", &rootfsPropagation)
        try m.optional("maskedPaths", &maskedPaths)
        try m.optional("readonlyPaths", &readonlyPaths)
        try m.optional("mountLabel", &mountLabel)
        try m.optional("intelRdt", &intelRdt)
        try m.optional("memoryPolicy", &memoryPolicy)
        try m.optional("personality", &personality)
        try m.optional("timeOffsets", &timeOffsets)
    }
}

/// `linux.personality`, for personality(2).
public struct Personality: JSONObject {
    /// The execution domain.
    public var domain = Domain.linux
    /// Flags; the standard does not define any yet.
    public var flags: [String]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a personality" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("domain", &domain)
        try m.optional("flags", &flags)
    }

    /// The execution domains of the spec.
    public enum Domain: String, SpecWord {
        case linux = "LINUX"
        case linux32 = "LINUX32"

        /// Its name in error messages.
        public static var noun: StaticString { "execution domain" }
    }
}

/// `linux.intelRdt`: resctrl, the Intel Resource Director Technology (runtime-spec 1.3, config-linux.md, "IntelRdt").
public struct IntelRdt: JSONObject {
    /// The class of service; absent means the container's id.
    public var closID: String?
    /// Lines for the `schemata` file, written after the others.
    public var schemata: [String]?
    /// The line for L3 cache masks.
    public var l3CacheSchema: String?
    /// The line for memory bandwidth; it must begin with `MB:`.
    public var memBwSchema: String?
    /// Whether the container gets a monitoring group.
    public var enableMonitoring: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("closID", &closID)
        try m.optional("schemata", &schemata)
        try m.optional("l3CacheSchema", &l3CacheSchema)
        try m.optional("memBwSchema", &memBwSchema)
        try m.optional("enableMonitoring", &enableMonitoring)
    }
}

/// `linux.memoryPolicy`, for set_mempolicy(2).
public struct MemoryPolicy: JSONObject {
    /// The policy.
    public var mode = Mode.standard
    /// A list of nodes such as `0-3,7`.
    public var nodes: String?
    /// Flags of the mode.
    public var flags: [Flag]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a memory policy" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("mode", &mode)
        try m.optional("nodes", &nodes)
        try m.optional("flags", &flags)
    }

    /// The modes of set_mempolicy(2).
    public enum Mode: String, SpecWord {
        case standard = "MPOL_DEFAULT"
        case bind = "MPOL_BIND"
        case interleave = "MPOL_INTERLEAVE"
        case weightedInterleave = "MPOL_WEIGHTED_INTERLEAVE"
        case preferred = "MPOL_PREFERRED"
        case preferredMany = "MPOL_PREFERRED_MANY"
        case local = "MPOL_LOCAL"

        /// Its name in error messages.
        public static var noun: StaticString { "memory policy" }
    }

    /// The flags of a mode.
    public enum Flag: String, SpecWord {
        case numaBalancing = "MPOL_F_NUMA_BALANCING"
        case relativeNodes = "MPOL_F_RELATIVE_NODES"
        case staticNodes = "MPOL_F_STATIC_NODES"

        /// Its name in error messages.
        public static var noun: StaticString { "memory policy flag" }
    }
}

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
