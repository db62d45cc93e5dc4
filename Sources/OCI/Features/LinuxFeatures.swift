/// `linux` of the features (runtime-spec 1.3, features-linux.md).
public struct LinuxFeatures: Equatable, Sendable {
    /// Namespace types.
    public var namespaces: [String]?
    /// Capabilities.
    public var capabilities: [String]?
    /// Cgroup managers.
    public var cgroup: CgroupFeatures?
    /// Seccomp.
    public var seccomp: SeccompFeatures?
    /// AppArmor profiles.
    public var apparmor: FeatureSwitch?
    /// SELinux labels.
    public var selinux: FeatureSwitch?
    /// resctrl.
    public var intelRdt: IntelRdtFeatures?
    /// NUMA memory policies.
    public var memoryPolicy: MemoryPolicyFeatures?
    /// More about mounts.
    public var mountExtensions: MountExtensions?
    /// Moving network devices.
    public var netDevices: FeatureSwitch?

    /// Linux features with the given properties; those not given are absent.
    public init(
        namespaces: [String]? = nil, capabilities: [String]? = nil, cgroup: CgroupFeatures? = nil,
        seccomp: SeccompFeatures? = nil, apparmor: FeatureSwitch? = nil, selinux: FeatureSwitch? = nil,
        intelRdt: IntelRdtFeatures? = nil, memoryPolicy: MemoryPolicyFeatures? = nil,
        mountExtensions: MountExtensions? = nil, netDevices: FeatureSwitch? = nil
    ) {
        self.namespaces = namespaces
        self.capabilities = capabilities
        self.cgroup = cgroup
        self.seccomp = seccomp
        self.apparmor = apparmor
        self.selinux = selinux
        self.intelRdt = intelRdt
        self.memoryPolicy = memoryPolicy
        self.mountExtensions = mountExtensions
        self.netDevices = netDevices
    }
}

extension LinuxFeatures: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("namespaces", namespaces)
            json.member("capabilities", capabilities)
            json.member("cgroup", cgroup)
            json.member("seccomp", seccomp)
            json.member("apparmor", apparmor)
            json.member("selinux", selinux)
            json.member("intelRdt", intelRdt)
            json.member("memoryPolicy", memoryPolicy)
            json.member("mountExtensions", mountExtensions)
            json.member("netDevices", netDevices)
        }
    }
}
