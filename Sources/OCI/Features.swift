import Base

/// What a runtime can do, as `features` prints it (runtime-spec 1.3, features.md).
public struct Features: JSONObject {
    /// The lowest `ociVersion` that the runtime accepts.
    public var ociVersionMin = ""
    /// The highest `ociVersion` that the runtime accepts.
    public var ociVersionMax = ""
    /// The kinds of hooks.
    public var hooks: [String]?
    /// The mount options that the runtime knows, without those of filesystems.
    public var mountOptions: [String]?
    /// The part that is specific to Linux.
    public var linux: LinuxFeatures?
    /// Free-form notes about the runtime.
    public var annotations: Annotations?
    /// Annotations of config.json that change what the runtime does. A name that ends with `.` is a prefix.
    public var potentiallyUnsafeConfigAnnotations: [String]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("ociVersionMin", &ociVersionMin)
        try m.required("ociVersionMax", &ociVersionMax)
        try m.optional("hooks", &hooks)
        try m.optional("mountOptions", &mountOptions)
        try m.optional("linux", &linux)
        try m.annotations("annotations", &annotations)
        try m.optional("potentiallyUnsafeConfigAnnotations", &potentiallyUnsafeConfigAnnotations)
    }
}

/// `linux` of the features (runtime-spec 1.3, features-linux.md).
public struct LinuxFeatures: JSONObject {
    /// Namespace types.
    public var namespaces: [String]?
    /// Capabilities, by name.
    public var capabilities: [String]?
    /// Cgroup managers.
    public var cgroup: CgroupFeatures?
    /// Seccomp.
    public var seccomp: SeccompFeatures?
    /// AppArmor profiles.
    public var apparmor: FeatureSwitch?
    /// SELinux labels.
    public var selinux: FeatureSwitch?
    /// Cache and memory bandwidth control by resctrl.
    public var intelRdt: IntelRdtFeatures?
    /// NUMA memory policies.
    public var memoryPolicy: MemoryPolicyFeatures?
    /// What the runtime can do with mounts beyond mounting them.
    public var mountExtensions: MountExtensions?
    /// Moving network devices into a container.
    public var netDevices: FeatureSwitch?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("namespaces", &namespaces)
        try m.optional("capabilities", &capabilities)
        try m.optional("cgroup", &cgroup)
        try m.optional("seccomp", &seccomp)
        try m.optional("apparmor", &apparmor)
        try m.optional("selinux", &selinux)
        try m.optional("intelRdt", &intelRdt)
        try m.optional("memoryPolicy", &memoryPolicy)
        try m.optional("mountExtensions", &mountExtensions)
        try m.optional("netDevices", &netDevices)
    }
}

/// `linux.cgroup` of the features.
public struct CgroupFeatures: JSONObject {
    /// cgroup v1.
    public var v1: Bool?
    /// cgroup v2.
    public var v2: Bool?
    /// Whether the system's systemd can manage cgroups.
    public var systemd: Bool?
    /// Whether a user's systemd can manage cgroups.
    public var systemdUser: Bool?
    /// The rdma controller.
    public var rdma: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("v1", &v1)
        try m.optional("v2", &v2)
        try m.optional("systemd", &systemd)
        try m.optional("systemdUser", &systemdUser)
        try m.optional("rdma", &rdma)
    }
}

/// `linux.seccomp` of the features.
public struct SeccompFeatures: JSONObject {
    /// Whether the runtime loads filters at all.
    public var enabled: Bool?
    /// Actions.
    public var actions: [String]?
    /// Operators.
    public var operators: [String]?
    /// Architectures.
    public var archs: [String]?
    /// Flags that the runtime knows by name.
    public var knownFlags: [String]?
    /// Flags that the kernel and the library support.
    public var supportedFlags: [String]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("enabled", &enabled)
        try m.optional("actions", &actions)
        try m.optional("operators", &operators)
        try m.optional("archs", &archs)
        try m.optional("knownFlags", &knownFlags)
        try m.optional("supportedFlags", &supportedFlags)
    }
}

/// `linux.intelRdt` of the features.
public struct IntelRdtFeatures: JSONObject {
    /// Whether the runtime supports it.
    public var enabled: Bool?
    /// Whether the runtime supports `schemata`.
    public var schemata: Bool?
    /// Whether the runtime supports `enableMonitoring`.
    public var monitoring: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("enabled", &enabled)
        try m.optional("schemata", &schemata)
        try m.optional("monitoring", &monitoring)
    }
}

/// `linux.memoryPolicy` of the features.
public struct MemoryPolicyFeatures: JSONObject {
    /// Modes.
    public var modes: [String]?
    /// Flags.
    public var flags: [String]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("modes", &modes)
        try m.optional("flags", &flags)
    }
}

/// `linux.mountExtensions` of the features.
public struct MountExtensions: JSONObject {
    /// Id-mapped mounts.
    public var idmap: FeatureSwitch?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("idmap", &idmap)
    }
}

/// A feature that the runtime supports or not.
public struct FeatureSwitch: JSONObject {
    /// Whether the runtime supports it.
    public var enabled: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("enabled", &enabled)
    }
}
