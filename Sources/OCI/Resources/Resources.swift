import Base

/// `linux.resources` (runtime-spec 1.3, config-linux.md, "Control groups").
///
/// It is also the whole text of `update --resources`.
public struct Resources: JSONObject {
    /// Which devices may be used; a later rule wins.
    public var devices: [DeviceRule]?
    /// The memory controller.
    public var memory: MemoryResources?
    /// The cpu and cpuset controllers.
    public var cpu: CPUResources?
    /// The pids controller.
    public var pids: PidsResources?
    /// The io controller.
    public var blockIO: BlockIOResources?
    /// The hugetlb controller: one limit per page size.
    public var hugepageLimits: [HugepageLimit]?
    /// The net_cls and net_prio controllers of cgroup v1.
    public var network: NetworkResources?
    /// The rdma controller: the key is the device's name.
    public var rdma: Entries<RdmaResources>?
    /// Files of cgroup v2, each with the text to write to it, in the order written.
    public var unified: Entries<String>?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("devices", &devices)
        try m.optional("memory", &memory)
        try m.optional("cpu", &cpu)
        try m.optional("pids", &pids)
        try m.optional("blockIO", &blockIO)
        try m.optional("hugepageLimits", &hugepageLimits)
        try m.optional("network", &network)
        try m.optional("rdma", &rdma)
        try m.optional("unified", &unified)
    }
}

/// One entry of `linux.resources.devices` (config-linux.md, "Allowed Device list").
public struct DeviceRule: JSONObject {
    /// Whether the rule allows the access or denies it.
    public var allow = false
    /// `a` (all), `c` or `b`; absent means all.
    public var type: String?
    /// The major number; absent means all.
    public var major: Int64?
    /// The minor number; absent means all.
    public var minor: Int64?
    /// Any of `r` (read), `w` (write) and `m` (mknod).
    public var access: String?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a device rule" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("allow", &allow)
        try m.optional("type", &type)
        try m.optional("major", &major)
        try m.optional("minor", &minor)
        try m.optional("access", &access)
    }
}

/// `linux.resources.network`: controllers that only cgroup v1 has.
public struct NetworkResources: JSONObject {
    /// The class id that tags outgoing packets (net_cls).
    public var classID: UInt32?
    /// The priority of traffic on each interface (net_prio).
    public var priorities: [InterfacePriority]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("classID", &classID)
        try m.optional("priorities", &priorities)
    }
}

/// One entry of `linux.resources.network.priorities`.
public struct InterfacePriority: JSONObject {
    /// The interface's name.
    public var name = ""
    /// Its priority.
    public var priority: UInt32 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "an interface's priority" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("name", &name)
        try m.required("priority", &priority)
    }
}

/// One value of `linux.resources.rdma`.
public struct RdmaResources: JSONObject {
    /// The highest number of HCA handles.
    public var hcaHandles: UInt32?
    /// The highest number of HCA objects.
    public var hcaObjects: UInt32?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("hcaHandles", &hcaHandles)
        try m.optional("hcaObjects", &hcaObjects)
    }
}
