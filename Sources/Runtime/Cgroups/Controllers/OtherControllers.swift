import Base
import OCI

/// The `pids` controller: how many tasks the container may have (kernel: Documentation/admin-guide/cgroup-v2.rst,
/// "PID").
///
/// A value below 0 means no limit. 0 is a real limit (runtime-spec 1.3) and becomes 1, as in runc, where systemd would
/// refuse 0: with the first process of the container both mean that there can be no other.
enum PidsController {
    /// - Parameter pointer: Where `pids` is in config.json.
    static func files(_ pids: PidsResources, at pointer: String) -> [CgroupWrite] {
        guard let limit = pids.limit else { return [] }
        return [
            CgroupWrite(name: "pids.max", value: limit < 0 ? "max" : "\(max(limit, 1))", pointer: "\(pointer)/limit")
        ]
    }
}

/// The `cpuset` controller: the processors and memory nodes that the container may use, as lists such as `0-3,7`
/// (kernel: Documentation/admin-guide/cgroup-v2.rst, "Cpuset"). The kernel checks the lists. An empty list is not
/// written.
enum CpusetController {
    /// - Parameter pointer: Where `cpu` is in config.json.
    static func files(_ cpu: CPUResources, at pointer: String) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        if let cpus = cpu.cpus, !cpus.isEmpty {
            files.append(CgroupWrite(name: "cpuset.cpus", value: cpus, pointer: "\(pointer)/cpus"))
        }
        if let mems = cpu.mems, !mems.isEmpty {
            files.append(CgroupWrite(name: "cpuset.mems", value: mems, pointer: "\(pointer)/mems"))
        }
        return files
    }
}

/// The `hugetlb` controller (kernel: Documentation/admin-guide/cgroup-v2.rst, "HugeTLB").
///
/// Both the use and the reservation are limited. If only the use were limited, a program such as PostgreSQL would get
/// its reservation and die of SIGBUS later, when it touches the pages.
enum HugetlbController {
    /// - Parameter pointer: Where `hugepageLimits` is in config.json.
    static func files(
        _ limits: [HugepageLimit], at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        for (index, limit) in limits.enumerated() {
            // The size becomes part of a file name.
            guard isPageSize(limit.pageSize) else {
                try refuse(
                    Failure(
                        "invalid huge page size \(quoted(limit.pageSize))", pointer: "\(pointer)/\(index)/pageSize",
                        hint: "a number and KB, MB or GB: 2MB", code: .malformedValue))
                continue
            }
            let place = "\(pointer)/\(index)/limit"
            files += [
                CgroupWrite(name: "hugetlb.\(limit.pageSize).max", value: "\(limit.limit)", pointer: place),
                CgroupWrite(
                    name: "hugetlb.\(limit.pageSize).rsvd.max", value: "\(limit.limit)", pointer: place,
                    refusal: .skipIfMissing),
            ]
        }
        return files
    }

    /// Whether the text matches `^[1-9][0-9]*[KMG]B$`.
    static func isPageSize(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, bytes.last == UInt8(ascii: "B"), "KMG".utf8.contains(bytes[bytes.count - 2]) else {
            return false
        }
        let digits = bytes.dropLast(2)
        return digits.first != UInt8(ascii: "0") && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}

/// The `rdma` controller: one line per device (kernel: Documentation/admin-guide/cgroup-v2.rst, "RDMA").
enum RdmaController {
    /// - Parameter pointer: Where `rdma` is in config.json.
    static func files(
        _ devices: Entries<RdmaResources>, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupWrite] {
        var files: [CgroupWrite] = []
        for device in devices {
            let place = "\(pointer)/\(JSONPointer.token(device.key))"
            guard !device.key.isEmpty, device.key.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
                try refuse(
                    Failure(
                        "an rdma device's name has no spaces and is not empty", pointer: place, code: .malformedValue))
                continue
            }
            var value = device.key
            if let handles = device.value.hcaHandles { value += " hca_handle=\(handles)" }
            if let objects = device.value.hcaObjects { value += " hca_object=\(objects)" }
            guard value != device.key else {
                try refuse(
                    Failure("an rdma limit needs hcaHandles or hcaObjects", pointer: place, code: .missingRequired))
                continue
            }
            files.append(CgroupWrite(name: "rdma.max", value: value, pointer: place))
        }
        return files
    }
}

/// `net_cls` and `net_prio`, which cgroup v2 does not have.
enum NetworkController {
    /// - Parameter pointer: Where `network` is in config.json.
    static func warnings(
        _ network: NetworkResources, at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [ResourceWarning] {
        [
            try LegacyProperty.warning(network.classID, at: "\(pointer)/classID", neutral: 0, refuse: refuse),
            try LegacyProperty.warning(network.priorities, at: "\(pointer)/priorities", refuse: refuse) { priorities in
                "\(priorities.count) interfaces"
            } isNeutral: {
                $0.isEmpty
            },
        ].compactMap { $0 }
    }
}
