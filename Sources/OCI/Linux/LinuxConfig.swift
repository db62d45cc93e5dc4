import Base

/// `linux` (runtime-spec 1.3, config-linux.md).
public struct LinuxConfig: Equatable, Sendable {
    /// Namespaces to make or to join; kinds not listed are the runtime's own.
    public var namespaces: [Namespace]?
    /// User ids of a new user namespace.
    public var uidMappings: [IDMapping]?
    /// Group ids of a new user namespace.
    public var gidMappings: [IDMapping]?
    /// Clock offsets of a new time namespace, by the clock's name: `monotonic`, `boottime`.
    public var timeOffsets: Entries<TimeOffset>?
    /// Device nodes the container has beside the default ones.
    public var devices: [Device]?
    /// Network devices to move into the container, by their name on the host.
    public var netDevices: Entries<NetDevice>?
    /// Where the cgroup is: absolute below the cgroup mount, or relative as the runtime decides.
    public var cgroupsPath: String?
    /// Limits of the container's cgroup.
    public var resources: Resources?
    /// Mount propagation of the root: `private`, `shared`, `slave`, `unbindable`, or as callers write, with `r` before.
    public var rootfsPropagation: String?
    /// The system call filter.
    public var seccomp: Seccomp?
    /// Kernel parameters by name, in the order written.
    public var sysctl: Entries<String>?
    /// Paths made unreadable.
    public var maskedPaths: [String]?
    /// Paths made read-only.
    public var readonlyPaths: [String]?
    /// The SELinux label of the container's mounts.
    public var mountLabel: String?
    /// Cache and memory bandwidth by resctrl.
    public var intelRdt: IntelRdt?
    /// The execution domain.
    public var personality: Personality?
    /// The NUMA memory policy.
    public var memoryPolicy: MemoryPolicy?

    /// A Linux section with the given properties; those not given are absent.
    public init(
        namespaces: [Namespace]? = nil, uidMappings: [IDMapping]? = nil, gidMappings: [IDMapping]? = nil,
        timeOffsets: Entries<TimeOffset>? = nil, devices: [Device]? = nil, netDevices: Entries<NetDevice>? = nil,
        cgroupsPath: String? = nil, resources: Resources? = nil, rootfsPropagation: String? = nil,
        seccomp: Seccomp? = nil, sysctl: Entries<String>? = nil, maskedPaths: [String]? = nil,
        readonlyPaths: [String]? = nil, mountLabel: String? = nil, intelRdt: IntelRdt? = nil,
        personality: Personality? = nil, memoryPolicy: MemoryPolicy? = nil
    ) {
        self.namespaces = namespaces
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
        self.timeOffsets = timeOffsets
        self.devices = devices
        self.netDevices = netDevices
        self.cgroupsPath = cgroupsPath
        self.resources = resources
        self.rootfsPropagation = rootfsPropagation
        self.seccomp = seccomp
        self.sysctl = sysctl
        self.maskedPaths = maskedPaths
        self.readonlyPaths = readonlyPaths
        self.mountLabel = mountLabel
        self.intelRdt = intelRdt
        self.personality = personality
        self.memoryPolicy = memoryPolicy
    }
}

extension LinuxConfig: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var namespaces: [Namespace]?
        var uidMappings: [IDMapping]?
        var gidMappings: [IDMapping]?
        var timeOffsets: Entries<TimeOffset>?
        var devices: [Device]?
        var netDevices: Entries<NetDevice>?
        var cgroupsPath: String?
        var resources: Resources?
        var rootfsPropagation: String?
        var seccomp: Seccomp?
        var sysctl: Entries<String>?
        var maskedPaths: [String]?
        var readonlyPaths: [String]?
        var mountLabel: String?
        var intelRdt: IntelRdt?
        var personality: Personality?
        var memoryPolicy: MemoryPolicy?
        try json.object { json, key throws(Failure) in
            switch key {
            case "namespaces": namespaces = try json.array(of: Namespace.self)
            case "uidMappings": uidMappings = try json.array(of: IDMapping.self)
            case "gidMappings": gidMappings = try json.array(of: IDMapping.self)
            case "timeOffsets": timeOffsets = try json.entries(of: TimeOffset.self)
            case "devices": devices = try json.array(of: Device.self)
            case "netDevices": netDevices = try json.entries(of: NetDevice.self)
            case "cgroupsPath": cgroupsPath = try json.string()
            case "resources": resources = try Resources(&json)
            case "rootfsPropagation": rootfsPropagation = try json.string()
            case "seccomp": seccomp = try Seccomp(&json)
            case "sysctl": sysctl = try json.stringEntries()
            case "maskedPaths": maskedPaths = try json.strings()
            case "readonlyPaths": readonlyPaths = try json.strings()
            case "mountLabel": mountLabel = try json.string()
            case "intelRdt": intelRdt = try IntelRdt(&json)
            case "personality": personality = try Personality(&json)
            case "memoryPolicy": memoryPolicy = try MemoryPolicy(&json)
            default: try json.skip()
            }
        }
        self.init(
            namespaces: namespaces, uidMappings: uidMappings, gidMappings: gidMappings, timeOffsets: timeOffsets,
            devices: devices, netDevices: netDevices, cgroupsPath: cgroupsPath, resources: resources,
            rootfsPropagation: rootfsPropagation, seccomp: seccomp, sysctl: sysctl, maskedPaths: maskedPaths,
            readonlyPaths: readonlyPaths, mountLabel: mountLabel, intelRdt: intelRdt, personality: personality,
            memoryPolicy: memoryPolicy)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("uidMappings", uidMappings)
            json.member("gidMappings", gidMappings)
            json.member("sysctl", sysctl)
            json.member("resources", resources)
            json.member("cgroupsPath", cgroupsPath)
            json.member("namespaces", namespaces)
            json.member("devices", devices)
            json.member("netDevices", netDevices)
            json.member("seccomp", seccomp)
            json.member("rootfsPropagation", rootfsPropagation)
            json.member("maskedPaths", maskedPaths)
            json.member("readonlyPaths", readonlyPaths)
            json.member("mountLabel", mountLabel)
            json.member("intelRdt", intelRdt)
            json.member("memoryPolicy", memoryPolicy)
            json.member("personality", personality)
            json.member("timeOffsets", timeOffsets)
        }
    }
}
