import Base

/// `linux.resources.memory`: limits in bytes; -1 means no limit.
public struct MemoryResources: JSONObject {
    /// Memory.
    public var limit: Int64?
    /// Memory that the kernel protects or aims at, but does not enforce.
    public var reservation: Int64?
    /// Memory and swap together.
    public var swap: Int64?
    /// Kernel memory; cgroup v1 only.
    public var kernel: Int64?
    /// TCP buffers; cgroup v1 only.
    public var kernelTCP: Int64?
    /// 0 to 100; cgroup v1 only.
    public var swappiness: UInt64?
    /// Whether the kernel lets tasks wait instead of killing one; cgroup v1 only.
    public var disableOOMKiller: Bool?
    /// Whether children count to the parent; cgroup v1 only.
    public var useHierarchy: Bool?
    /// Whether the runtime refuses an update below the present use.
    public var checkBeforeUpdate: Bool?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("limit", &limit)
        try m.optional("reservation", &reservation)
        try m.optional("swap", &swap)
        try m.optional("kernel", &kernel)
        try m.optional("kernelTCP", &kernelTCP)
        try m.optional("swappiness", &swappiness)
        try m.optional("disableOOMKiller", &disableOOMKiller)
        try m.optional("useHierarchy", &useHierarchy)
        try m.optional("checkBeforeUpdate", &checkBeforeUpdate)
    }
}

/// One entry of `linux.resources.hugepageLimits`.
public struct HugepageLimit: JSONObject {
    /// The size of a page: `64KB`, `2MB`, `1GB`.
    public var pageSize = ""
    /// Bytes in such pages.
    public var limit: UInt64 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a huge page limit" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("pageSize", &pageSize)
        try m.required("limit", &limit)
    }
}
