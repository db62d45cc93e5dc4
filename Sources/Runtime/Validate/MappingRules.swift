import Base
import CShim
import OCI

/// What the kernel asks of the ranges of an id mapping (user_namespaces(7), "Defining user and group ID mappings"): said
/// before anything is made, and with the range that is wrong.
enum MappingRules {
    /// How many ranges a map may have since Linux 4.15.
    static let most = Int(UID_GID_MAP_MAX_EXTENTS)

    /// - Parameter pointer: Where `map` stands.
    static func check(_ map: [IDMapping], at pointer: String, _ refuse: Refuse) throws(Failure) {
        if map.count > most {
            try refuse(
                Failure(
                    "\(map.count) ranges of ids are more than the \(most) that the kernel takes", pointer: pointer,
                    code: .outOfRange))
        }
        for (index, range) in map.enumerated() {
            try check(range, at: "\(pointer)/\(index)", refuse)
            for (number, other) in map[..<index].prefix(most).enumerated() {
                let inside = overlap(range.containerID, range.size, other.containerID, other.size)
                guard inside || overlap(range.hostID, range.size, other.hostID, other.size) else { continue }
                try refuse(
                    Failure(
                        "the ids of this range and of range \(number) overlap \(inside ? "inside" : "on the host")",
                        pointer: "\(pointer)/\(index)", code: .conflict))
                break
            }
        }
    }

    private static func check(_ range: IDMapping, at pointer: String, _ refuse: Refuse) throws(Failure) {
        if range.size == 0 {
            try refuse(Failure("a range of no ids", pointer: "\(pointer)/size", code: .outOfRange))
        }
        for (first, name) in [(range.containerID, "containerID"), (range.hostID, "hostID")]
        where UInt64(first) + UInt64(range.size) > UInt64(UInt32.max) {
            try refuse(
                Failure(
                    "the range from \(name) \(first) ends above the largest id, 4294967294", pointer: "\(pointer)/size",
                    code: .outOfRange))
            break
        }
    }

    private static func overlap(_ one: UInt32, _ size: UInt32, _ other: UInt32, _ otherSize: UInt32) -> Bool {
        UInt64(one) < UInt64(other) + UInt64(otherSize) && UInt64(other) < UInt64(one) + UInt64(size)
    }
}
