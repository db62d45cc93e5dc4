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
