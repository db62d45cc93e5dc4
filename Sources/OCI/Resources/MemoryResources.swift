/// `linux.resources.memory`: limits in bytes, -1 for none.
public struct MemoryResources: Equatable, Sendable {
    /// Memory.
    public var limit: Int64?
    /// Memory that is protected or aimed at, not enforced.
    public var reservation: Int64?
    /// Memory and swap together.
    public var swap: Int64?
    /// Kernel memory; cgroup v1 only.
    public var kernel: Int64?
    /// TCP buffers; cgroup v1 only.
    public var kernelTCP: Int64?
    /// 0 to 100; cgroup v1 only.
    public var swappiness: UInt64?
    /// Whether tasks wait instead of being killed; cgroup v1 only.
    public var disableOOMKiller: Bool?
    /// Whether children count to the parent; cgroup v1 only.
    public var useHierarchy: Bool?
    /// Whether an update below the present use is refused.
    public var checkBeforeUpdate: Bool?

    /// Memory limits with the given properties; those not given are absent.
    public init(
        limit: Int64? = nil, reservation: Int64? = nil, swap: Int64? = nil, kernel: Int64? = nil,
        kernelTCP: Int64? = nil, swappiness: UInt64? = nil, disableOOMKiller: Bool? = nil, useHierarchy: Bool? = nil,
        checkBeforeUpdate: Bool? = nil
    ) {
        self.limit = limit
        self.reservation = reservation
        self.swap = swap
        self.kernel = kernel
        self.kernelTCP = kernelTCP
        self.swappiness = swappiness
        self.disableOOMKiller = disableOOMKiller
        self.useHierarchy = useHierarchy
        self.checkBeforeUpdate = checkBeforeUpdate
    }
}
