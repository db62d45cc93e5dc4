import Base
import OCI

/// What `linux.resources` means on cgroup v2: every write, in order, worked out before anything is done.
struct ResourcePlan: Equatable, Sendable {
    /// The lines to write, in order.
    private(set) var files: [CgroupWrite] = []
    /// What to check before the first write.
    private(set) var checks: [UsageCheck] = []
    /// Which devices may be used; nil leaves the current rules alone.
    private(set) var devices: DeviceRules?
    /// What to tell the caller; a warning stops nothing.
    private(set) var warnings: [ResourceWarning] = []

    /// Makes the plan of `create`. It has device rules even if config.json has none (``DefaultDeviceRules``).
    init(_ linux: LinuxConfig?, _ refuse: Refuse = throwing) throws(Failure) {
        let pointer = "/linux/resources"
        let resources = linux?.resources ?? .empty
        try add(resources, at: pointer, refuse)
        let rules = resources.devices ?? []
        warnings += Self.warnings(rules, at: "\(pointer)/devices")
        devices = try DeviceRules(rules, devices: linux?.devices ?? [], at: "\(pointer)/devices", refuse)
    }

    /// Makes the plan of `update`, which leaves the devices alone. Its pointers are those of the config.json that it
    /// changes.
    init(update resources: Resources) throws(Failure) { try add(resources, at: "/linux/resources", throwing) }

    /// The controllers that must be enabled in the parents: each one once, in the order of the lines.
    var controllers: [String] {
        var controllers: [String] = []
        for file in files where file.name.utf8.starts(with: "cgroup.".utf8) == false {
            let controller = file.controller
            if !controllers.contains(controller) { controllers.append(controller) }
        }
        return controllers
    }

    private mutating func add(_ resources: Resources, at pointer: String, _ refuse: Refuse) throws(Failure) {
        if let pids = resources.pids { files += PidsController.files(pids, at: "\(pointer)/pids") }
        if let memory = resources.memory {
            files += try MemoryController.files(memory, at: "\(pointer)/memory", refuse)
            checks += MemoryController.checks(memory, at: "\(pointer)/memory")
            warnings += try MemoryController.warnings(memory, at: "\(pointer)/memory", refuse)
        }
        if let io = resources.blockIO {
            files += try IOController.files(io, at: "\(pointer)/blockIO", refuse)
            warnings += try IOController.warnings(io, at: "\(pointer)/blockIO", refuse)
        }
        if let cpu = resources.cpu {
            files += try CPUController.files(cpu, at: "\(pointer)/cpu", refuse)
            files += CpusetController.files(cpu, at: "\(pointer)/cpu")
            warnings += try CPUController.warnings(cpu, at: "\(pointer)/cpu", refuse)
        }
        if let limits = resources.hugepageLimits {
            files += try HugetlbController.files(limits, at: "\(pointer)/hugepageLimits", refuse)
        }
        if let rdma = resources.rdma { files += try RdmaController.files(rdma, at: "\(pointer)/rdma", refuse) }
        if let network = resources.network {
            warnings += try NetworkController.warnings(network, at: "\(pointer)/network", refuse)
        }
        if let unified = resources.unified {
            files += try UnifiedFiles.files(unified, at: "\(pointer)/unified", refuse)
            warnings += UnifiedFiles.warnings(unified, at: "\(pointer)/unified")
        }
    }

    private static func warnings(_ rules: [DeviceRule], at pointer: String) -> [ResourceWarning] {
        rules.enumerated().compactMap { index, rule in
            guard rule.type == nil || rule.type == "a", rule.major ?? -1 != -1 || rule.minor ?? -1 != -1 else {
                return nil
            }
            return ResourceWarning(
                message: "a device rule without type c or b is about every device, whatever its numbers",
                pointer: "\(pointer)/\(index)")
        }
    }
}
