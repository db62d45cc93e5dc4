@testable import OCI
import Testing

@testable import Runtime

/// What `update` writes, and what the container has afterwards (WhatCallersExpect, "Update").
@Suite("Resource updates")
struct ResourceUpdateTests {
    /// The lines that an update results in, as `NAME VALUE`.
    private func lines(_ wishes: Resources, over stored: Resources = Resources()) throws -> [String] {
        try ResourcePlan(update: ResourceUpdate(wishes, over: stored).written).files.map { "\($0.name) \($0.value)" }
    }

    private func merged(_ wishes: Resources, over stored: Resources) -> Resources {
        ResourceUpdate(wishes, over: stored).merged
    }

    @Test("a property that is not named is not written")
    func nothing() throws {
        let stored = Resources(
            memory: MemoryResources(limit: 5), cpu: CPUResources(shares: 7), pids: PidsResources(limit: 3))
        #expect(try lines(Resources(), over: stored) == [])
        #expect(try lines(Resources(pids: PidsResources(limit: 9)), over: stored) == ["pids.max 9"])
        #expect(merged(Resources(pids: PidsResources(limit: 9)), over: stored).memory?.limit == 5)
        #expect(try lines(Resources(memory: MemoryResources(limit: 0)), over: stored) == [])
        #expect(merged(Resources(memory: MemoryResources(limit: 0)), over: stored).memory?.limit == 5)
    }

    @Test("if only quota or only period is given, the other keeps its value")
    func bandwidth() throws {
        let stored = Resources(cpu: CPUResources(quota: 20000, period: 40000))
        let quota = Resources(cpu: CPUResources(quota: 30000)), period = Resources(cpu: CPUResources(period: 60000))
        #expect(try lines(quota, over: stored) == ["cpu.max 30000 40000"])
        #expect(try lines(period, over: stored) == ["cpu.max 20000 60000"])
        #expect(try lines(quota) == ["cpu.max 30000 100000"])
        #expect(try lines(period) == ["cpu.max max 60000"])
        let after = merged(quota, over: stored)
        #expect(after.cpu == CPUResources(quota: 30000, period: 40000))
        #expect(try lines(Resources(cpu: CPUResources(quota: -1)), over: after) == ["cpu.max max 40000"])
    }

    @Test(
        "a cgroup that is no longer idle gets the weight again that the kernel has forgotten; otherwise it is left alone"
    )
    func idle() throws {
        let stored = Resources(cpu: CPUResources(shares: 1024))
        #expect(try lines(Resources(cpu: CPUResources(idle: 1)), over: stored) == ["cpu.idle 1"])
        #expect(try lines(Resources(cpu: CPUResources(idle: 0)), over: stored) == ["cpu.idle 0"])
        let idle = merged(Resources(cpu: CPUResources(idle: 1)), over: stored)
        #expect(idle.cpu == CPUResources(shares: 1024, idle: 1))
        #expect(try lines(Resources(cpu: CPUResources(idle: 0)), over: idle) == ["cpu.idle 0", "cpu.weight 100"])
        let heavier = Resources(cpu: CPUResources(shares: 262144, idle: 0))
        #expect(try lines(heavier, over: idle) == ["cpu.idle 0", "cpu.weight 10000"])
    }

    @Test("a limit is checked before it is written if create asked for checks")
    func checkBeforeUpdate() throws {
        func checks(_ wish: Bool?, _ stored: Bool?) throws -> Bool {
            let update = ResourceUpdate(
                Resources(memory: MemoryResources(limit: 5, checkBeforeUpdate: wish)),
                over: Resources(memory: MemoryResources(checkBeforeUpdate: stored)))
            return try !ResourcePlan(update: update.written).checks.isEmpty
        }
        for (wish, stored) in [(nil, true), (true, nil), (true, false)] as [(Bool?, Bool?)] {
            #expect(try checks(wish, stored))
        }
        for (wish, stored) in [(nil, nil), (false, true)] as [(Bool?, Bool?)] { #expect(try !checks(wish, stored)) }
    }

    @Test("unlimited memory means unlimited swap; a new limit keeps the earlier sum; swap needs a limit")
    func memory() throws {
        let stored = Resources(memory: MemoryResources(limit: 64, swap: 128))
        let unlimited = Resources(memory: MemoryResources(limit: -1))
        #expect(try lines(unlimited, over: stored) == ["memory.swap.max max", "memory.max max"])
        #expect(merged(unlimited, over: stored).memory == MemoryResources(limit: -1, swap: -1))
        let limit = Resources(memory: MemoryResources(limit: 100)), swap = Resources(memory: MemoryResources(swap: 80))
        #expect(try lines(limit, over: stored) == ["memory.swap.max 28", "memory.max 100"])
        #expect(try lines(swap, over: stored) == ["memory.swap.max 16", "memory.max 64"])
        #expect(throws: (any Error).self) { try lines(Resources(memory: MemoryResources(limit: 200)), over: stored) }
        #expect(throws: (any Error).self) { try lines(swap) }
    }

    @Test("kernel memory is ignored, other properties of cgroup v1 are not")
    func legacy() throws {
        #expect(try lines(Resources(memory: MemoryResources(kernel: 5, kernelTCP: 6))) == [])
        #expect(throws: (any Error).self) { try lines(Resources(memory: MemoryResources(swappiness: 5))) }
    }

    @Test("devices stay as they are")
    func devices() throws {
        let rule = DeviceRule(allow: true, type: "c", major: 1, minor: 3, access: "r")
        let update = ResourceUpdate(
            Resources(devices: [DeviceRule(allow: false, access: "rwm")]), over: Resources(devices: [rule]))
        #expect(update.written.devices == nil)
        #expect(update.merged.devices == [rule])
    }

    @Test("devices of blockIO, page sizes, rdma devices and unified files are replaced one by one, or added")
    func upsert() throws {
        func rate(_ minor: Int64, _ rate: UInt64) -> ThrottleDevice {
            ThrottleDevice(major: 8, minor: minor, rate: rate)
        }
        let stored = Resources(
            blockIO: BlockIOResources(
                weight: 100, weightDevice: [WeightDevice(major: 8, minor: 0, weight: 10)],
                throttleReadBpsDevice: [rate(0, 1), rate(1, 2)]),
            hugepageLimits: [HugepageLimit(pageSize: "2MB", limit: 4)], unified: ["a.b": "1"])
        let wishes = Resources(
            blockIO: BlockIOResources(
                weightDevice: [WeightDevice(major: 8, minor: 0, weight: 20)],
                throttleReadBpsDevice: [rate(1, 5), rate(2, 6)]),
            hugepageLimits: [HugepageLimit(pageSize: "1GB", limit: 0)], unified: ["a.b": "2", "c.d": "3"])
        let after = merged(wishes, over: stored)
        #expect(after.blockIO?.weight == 100)
        #expect(after.blockIO?.weightDevice == [WeightDevice(major: 8, minor: 0, weight: 20)])
        #expect(after.blockIO?.throttleReadBpsDevice == [rate(0, 1), rate(1, 5), rate(2, 6)])
        #expect(after.hugepageLimits?.map(\.pageSize) == ["2MB", "1GB"])
        #expect(after.unified == ["a.b": "2", "c.d": "3"])
        let written = try lines(wishes, over: stored)
        #expect(written.contains("io.max 8:1 rbps=5") && !written.contains("io.max 8:0 rbps=1"))
        #expect(Array(written.suffix(2)) == ["a.b 2", "c.d 3"])
    }
}

/// What is written back if an update fails.
@Suite("Cgroup backups")
struct CgroupBackupTests {
    private func lines(_ name: String, _ text: String, before value: String) -> [String] {
        var backup = CgroupBackup()
        backup.add(name, text, before: value)
        return backup.files.first?.lines ?? []
    }

    @Test("the lines before the update; an empty file is an empty line; a device without a line had no limit")
    func lines() {
        #expect(lines("memory.max", "max\n", before: "5") == ["max"])
        #expect(lines("cpu.max", "max 100000\n", before: "5 6") == ["max 100000"])
        #expect(lines("cpuset.cpus", "\n", before: "0") == ["\n"])
        #expect(lines("io.weight", "default 100\n", before: "8:0 200") == ["8:0 default"])
        #expect(lines("io.max", "", before: "8:0 rbps=5") == ["8:0 rbps=max wbps=max riops=max wiops=max"])
        let line = "8:0 rbps=7 wbps=max riops=max wiops=max"
        #expect(lines("io.max", "\(line)\n", before: "8:0 rbps=5") == [line])
    }

    @Test("controllers that were enabled for the cgroups below are disabled again, and the reverse")
    func subtreeControl() {
        func undone(_ enabled: String, _ value: String) -> [String] {
            lines("cgroup.subtree_control", enabled, before: value)
        }
        #expect(undone("cpu io\n", "+memory -io") == ["-memory +io"])
        #expect(undone("cpu io\n", "+cpu -pids") == [])
    }

    @Test("if a file is written more than once, its first content counts")
    func twice() {
        var backup = CgroupBackup()
        backup.add("io.max", "", before: "8:0 rbps=5")
        backup.add("pids.max", "3", before: "5")
        backup.add("io.max", "", before: "8:1 rbps=5")
        #expect(backup.files.map(\.name) == ["io.max", "pids.max"])
        #expect(backup.files[0].lines.filter { $0.hasPrefix("8:") }.count == 2)
    }
}
