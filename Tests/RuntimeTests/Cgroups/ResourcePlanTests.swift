import Base
@testable import OCI
import Testing

@testable import Runtime

@Suite("The plan of all limits")
struct ResourcePlanTests {
    @Test("a config without limits writes nothing, but has device rules")
    func empty() throws {
        for linux in [nil, LinuxConfig(), LinuxConfig(resources: Resources())] {
            let plan = try ResourcePlan(linux)
            #expect(plan.files == [] && plan.checks == [] && plan.warnings == [] && plan.controllers == [])
            #expect(plan.devices?.allowsByDefault == false)
            #expect(plan.devices?.exceptions.count == 11)
        }
    }

    @Test("Docker's values for a limited container")
    func docker() throws {
        let resources = Resources(
            devices: [DeviceRule(allow: false, access: "rwm")],
            memory: MemoryResources(limit: 268_435_456, swap: 268_435_456),
            cpu: CPUResources(shares: 512, quota: 100_000, period: 100_000), pids: PidsResources(limit: 100))
        let plan = try ResourcePlan(LinuxConfig(resources: resources))
        #expect(
            plan.files.map(\.summary) == [
                "pids.max = 100", "memory.swap.max = 0, if there is one", "memory.max = 268435456", "cpu.weight = 59",
                "cpu.max = 100000 100000",
            ])
        #expect(
            plan.files.map(\.pointer) == [
                "/linux/resources/pids/limit", "/linux/resources/memory/swap", "/linux/resources/memory/limit",
                "/linux/resources/cpu/shares", "/linux/resources/cpu/quota",
            ])
        #expect(plan.controllers == ["pids", "memory", "cpu"])
    }

    @Test("every section is in it; unified is last, so that it wins")
    func everything() throws {
        let resources = Resources(
            memory: MemoryResources(limit: 1, swappiness: 60), cpu: CPUResources(cpus: "0", idle: 0),
            pids: PidsResources(limit: 1), blockIO: BlockIOResources(weight: 10, leafWeight: 0),
            hugepageLimits: [HugepageLimit(pageSize: "2MB", limit: 1)], network: NetworkResources(classID: 0),
            rdma: ["a": RdmaResources(hcaHandles: 1)],
            unified: ["cgroup.max.depth": "3", "memory.max": "2", "misc.max": "x 1", "pids.max": ""])
        let plan = try ResourcePlan(LinuxConfig(resources: resources))
        #expect(
            plan.files.map(\.name) == [
                "pids.max", "memory.max", "io.bfq.weight", "cpu.idle", "cpuset.cpus", "hugetlb.2MB.max",
                "hugetlb.2MB.rsvd.max", "rdma.max", "cgroup.max.depth", "memory.max", "misc.max",
            ])
        #expect(plan.controllers == ["pids", "memory", "io", "cpu", "cpuset", "hugetlb", "rdma", "misc"])
        #expect(
            plan.warnings.map(\.pointer) == [
                "/linux/resources/memory/swappiness", "/linux/resources/blockIO/leafWeight",
                "/linux/resources/network/classID", "/linux/resources/unified/pids.max",
            ])
    }

    @Test("a rule with numbers but no type covers every device, and a warning tells its author")
    func surprisingRule() throws {
        let rule = DeviceRule(allow: true, major: 10, minor: 200, access: "rwm")
        let plan = try ResourcePlan(LinuxConfig(resources: Resources(devices: [rule])))
        #expect(plan.devices?.isUnrestricted == true)
        #expect(plan.warnings.map(\.pointer) == ["/linux/resources/devices/0"])
        let all = DeviceRule(allow: true, type: "a", major: -1, minor: -1, access: "rwm")
        #expect(try ResourcePlan(LinuxConfig(resources: Resources(devices: [all]))).warnings == [])
    }

    @Test("update: pointers are those of config.json, and devices stay as they are")
    func update() throws {
        let plan = try ResourcePlan(
            update: Resources(
                devices: [DeviceRule(allow: false, access: "rwm")],
                memory: MemoryResources(limit: 5, checkBeforeUpdate: true), pids: PidsResources(limit: -1)))
        #expect(plan.devices == nil)
        #expect(plan.files.map(\.pointer) == ["/linux/resources/pids/limit", "/linux/resources/memory/limit"])
        #expect(plan.checks == [UsageCheck(what: "memory limit", limit: 5, pointer: "/linux/resources/memory/limit")])
    }
}
