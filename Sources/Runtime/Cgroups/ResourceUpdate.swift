import Base
import OCI

/// Combines the resources given to `update` with those that the container has: what is written to its cgroup, and what
/// the container has from then on.
///
/// A value that the caller did not name stays as it is in the cgroup, no matter who set it. Devices are never touched:
/// hooks add rules of their own that apus does not know.
struct ResourceUpdate: Equatable, Sendable {
    /// What is written: the values of the caller, and those that the kernel accepts only together with them.
    private(set) var written: Resources
    /// What the container has afterwards.
    private(set) var merged: Resources

    /// - Parameters:
    ///   - wishes: The values of the caller. Callers written in Go send 0 for "not set", so 0 counts as that if the
    ///     spec gives 0 no meaning.
    ///   - stored: What the container had before.
    init(_ wishes: Resources, over stored: Resources) {
        written = wishes
        written.devices = nil
        written.memory = wishes.memory.map { Self.memory($0, stored.memory) }
        written.cpu = wishes.cpu.map { Self.cpu($0, stored.cpu) }
        merged = stored
        if let memory = written.memory { merged.memory = Self.merge(memory, stored.memory ?? .empty) }
        if let cpu = written.cpu { merged.cpu = Self.merge(cpu, stored.cpu ?? .empty) }
        if wishes.pids?.limit != nil { merged.pids = wishes.pids }
        if let io = wishes.blockIO { merged.blockIO = Self.merge(io, stored.blockIO ?? .empty) }
        for limit in wishes.hugepageLimits ?? [] {
            merged.hugepageLimits = Self.put(limit, into: merged.hugepageLimits) { $0.pageSize == limit.pageSize }
        }
        for device in wishes.rdma ?? [:] { merged.rdma = Self.put(device.key, device.value, into: merged.rdma) }
        for file in wishes.unified ?? [:] { merged.unified = Self.put(file.key, file.value, into: merged.unified) }
    }

    // MARK: What the kernel takes only together

    /// Adds swap to memory, or memory to swap: `memory.swap.max` is the difference of the two numbers, so each needs
    /// the other.
    private static func memory(_ wish: MemoryResources, _ stored: MemoryResources?) -> MemoryResources {
        var memory = wish
        (memory.kernel, memory.kernelTCP) = (nil, nil)
        memory.checkBeforeUpdate = wish.checkBeforeUpdate ?? stored?.checkBeforeUpdate
        let limit = isSet(wish.limit), swap = isSet(wish.swap)
        if limit, !swap {
            // With unlimited memory, a limit on memory plus swap would mean nothing. So swap becomes unlimited too.
            memory.swap = wish.limit == -1 ? -1 : stored?.swap
        }
        if swap, !limit { memory.limit = stored?.limit }
        return memory
    }

    /// Adds the quota to the period, or the period to the quota, since `cpu.max` holds both. Adds the shares if the
    /// cgroup stops being idle, since the kernel then gives it the default weight, whatever it had before.
    private static func cpu(_ wish: CPUResources, _ stored: CPUResources?) -> CPUResources {
        var cpu = wish
        let quota = isSet(wish.quota), period = (wish.period ?? 0) != 0
        if quota, !period { cpu.period = stored?.period }
        if period, !quota { cpu.quota = stored?.quota }
        if wish.idle == 0, stored?.idle == 1, wish.shares ?? 0 == 0 { cpu.shares = stored?.shares }
        return cpu
    }

    private static func isSet(_ value: Int64?) -> Bool { value ?? 0 != 0 }

    // MARK: What the container has afterwards

    private static func merge(_ new: MemoryResources, _ old: MemoryResources) -> MemoryResources {
        var memory = old
        if isSet(new.limit) { memory.limit = new.limit }
        if isSet(new.swap) { memory.swap = new.swap }
        if isSet(new.reservation) { memory.reservation = new.reservation }
        memory.swappiness = new.swappiness ?? old.swappiness
        memory.disableOOMKiller = new.disableOOMKiller ?? old.disableOOMKiller
        memory.useHierarchy = new.useHierarchy ?? old.useHierarchy
        memory.checkBeforeUpdate = new.checkBeforeUpdate ?? old.checkBeforeUpdate
        return memory
    }

    private static func merge(_ new: CPUResources, _ old: CPUResources) -> CPUResources {
        var cpu = old
        if new.shares ?? 0 != 0 { cpu.shares = new.shares }
        if isSet(new.quota) { cpu.quota = new.quota }
        if new.period ?? 0 != 0 { cpu.period = new.period }
        cpu.burst = new.burst ?? old.burst
        cpu.idle = new.idle ?? old.idle
        if new.cpus ?? "" != "" { cpu.cpus = new.cpus }
        if new.mems ?? "" != "" { cpu.mems = new.mems }
        return cpu
    }

    private static func merge(_ new: BlockIOResources, _ old: BlockIOResources) -> BlockIOResources {
        var io = old
        if new.weight ?? 0 != 0 { io.weight = new.weight }
        for device in new.weightDevice ?? [] {
            io.weightDevice = put(device, into: io.weightDevice) {
                $0.major == device.major && $0.minor == device.minor
            }
        }
        io.throttleReadBpsDevice = merge(new.throttleReadBpsDevice, old.throttleReadBpsDevice)
        io.throttleWriteBpsDevice = merge(new.throttleWriteBpsDevice, old.throttleWriteBpsDevice)
        io.throttleReadIOPSDevice = merge(new.throttleReadIOPSDevice, old.throttleReadIOPSDevice)
        io.throttleWriteIOPSDevice = merge(new.throttleWriteIOPSDevice, old.throttleWriteIOPSDevice)
        return io
    }

    private static func merge(_ new: [ThrottleDevice]?, _ old: [ThrottleDevice]?) -> [ThrottleDevice]? {
        var devices = old
        for device in new ?? [] {
            devices = put(device, into: devices) { $0.major == device.major && $0.minor == device.minor }
        }
        return devices
    }

    /// Replaces the value for which `isSame` holds, or adds the new one.
    private static func put<Value>(_ value: Value, into list: [Value]?, _ isSame: (Value) -> Bool) -> [Value] {
        var list = list ?? []
        if let index = list.firstIndex(where: isSame) { list[index] = value } else { list.append(value) }
        return list
    }

    private static func put<Value>(_ key: String, _ value: Value, into entries: Entries<Value>?) -> Entries<Value> {
        var entries = entries ?? Entries()
        entries[key] = value
        return entries
    }
}
