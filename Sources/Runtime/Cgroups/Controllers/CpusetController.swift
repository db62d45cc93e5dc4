import OCI

/// The `cpuset` controller: on which processors and memory nodes the container runs, as lists such as `0-3,7`
/// (kernel: Documentation/admin-guide/cgroup-v2.rst, "Cpuset"). The kernel reads the lists; an empty one is not written.
enum CpusetController {
    /// - Parameter pointer: Where `cpu` stands in config.json.
    static func files(_ cpu: CPUResources, at pointer: String) -> [CgroupFile] {
        var files: [CgroupFile] = []
        if let cpus = cpu.cpus, !cpus.isEmpty {
            files.append(CgroupFile(name: "cpuset.cpus", value: cpus, pointer: "\(pointer)/cpus"))
        }
        if let mems = cpu.mems, !mems.isEmpty {
            files.append(CgroupFile(name: "cpuset.mems", value: mems, pointer: "\(pointer)/mems"))
        }
        return files
    }
}
