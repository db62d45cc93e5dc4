import Base

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

extension MemoryResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var limit: Int64?
        var reservation: Int64?
        var swap: Int64?
        var kernel: Int64?
        var kernelTCP: Int64?
        var swappiness: UInt64?
        var disableOOMKiller: Bool?
        var useHierarchy: Bool?
        var checkBeforeUpdate: Bool?
        try json.object { json, key throws(Failure) in
            switch key {
            case "limit": limit = try json.integer()
            case "reservation": reservation = try json.integer()
            case "swap": swap = try json.integer()
            case "kernel": kernel = try json.integer()
            case "kernelTCP": kernelTCP = try json.integer()
            case "swappiness": swappiness = try json.integer()
            case "disableOOMKiller": disableOOMKiller = try json.boolean()
            case "useHierarchy": useHierarchy = try json.boolean()
            case "checkBeforeUpdate": checkBeforeUpdate = try json.boolean()
            default: try json.skip()
            }
        }
        self.init(
            limit: limit, reservation: reservation, swap: swap, kernel: kernel, kernelTCP: kernelTCP,
            swappiness: swappiness, disableOOMKiller: disableOOMKiller, useHierarchy: useHierarchy,
            checkBeforeUpdate: checkBeforeUpdate)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("limit", limit)
            json.member("reservation", reservation)
            json.member("swap", swap)
            json.member("kernel", kernel)
            json.member("kernelTCP", kernelTCP)
            json.member("swappiness", swappiness)
            json.member("disableOOMKiller", disableOOMKiller)
            json.member("useHierarchy", useHierarchy)
            json.member("checkBeforeUpdate", checkBeforeUpdate)
        }
    }
}
