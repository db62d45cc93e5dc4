import OCI

/// The `pids` controller: how many tasks the container may have (kernel: Documentation/admin-guide/cgroup-v2.rst, "PID").
///
/// Below 0 means no limit. 0 is a real limit (runtime-spec 1.3) and becomes 1, since systemd refuses 0.
enum PidsController {
    /// - Parameter pointer: Where `pids` stands in config.json.
    static func files(_ pids: PidsResources, at pointer: String) -> [CgroupFile] {
        guard let limit = pids.limit else { return [] }
        return [
            CgroupFile(name: "pids.max", value: limit < 0 ? "max" : "\(max(limit, 1))", pointer: "\(pointer)/limit")
        ]
    }
}
