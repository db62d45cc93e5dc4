import Base
import OCI

/// The `hugetlb` controller (kernel: Documentation/admin-guide/cgroup-v2.rst, "HugeTLB").
///
/// Both the use and the reservation are limited: with the first alone a program such as PostgreSQL gets its reservation
/// and dies of SIGBUS later.
enum HugetlbController {
    /// - Parameter pointer: Where `hugepageLimits` stands in config.json.
    static func files(
        _ limits: [HugepageLimit], at pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) -> [CgroupFile] {
        var files: [CgroupFile] = []
        for (index, limit) in limits.enumerated() {
            // The size becomes a part of a file's name.
            guard isPageSize(limit.pageSize) else {
                try refuse(
                    Failure(
                        "invalid huge page size \(quoted(limit.pageSize))", pointer: "\(pointer)/\(index)/pageSize",
                        hint: "a number and KB, MB or GB: 2MB", code: .malformedValue))
                continue
            }
            let place = "\(pointer)/\(index)/limit"
            files += [
                CgroupFile(name: "hugetlb.\(limit.pageSize).max", value: "\(limit.limit)", pointer: place),
                CgroupFile(
                    name: "hugetlb.\(limit.pageSize).rsvd.max", value: "\(limit.limit)", pointer: place,
                    refusal: .missingIsFine),
            ]
        }
        return files
    }

    /// `^[1-9][0-9]*[KMG]B$`
    static func isPageSize(_ text: String) -> Bool {
        let bytes = Array(text.utf8)
        guard bytes.count >= 3, bytes.last == UInt8(ascii: "B"), "KMG".utf8.contains(bytes[bytes.count - 2]) else {
            return false
        }
        let digits = bytes.dropLast(2)
        return digits.first != UInt8(ascii: "0") && digits.allSatisfy { (0x30...0x39).contains($0) }
    }
}
