import Base
import Linux
import OCI

/// A step: the maps of config.json, where it joins a user namespace by path, must be those that the namespace has. containerd
/// and CRI-O pass both; maps that differ would say one thing and do another.
struct CheckIDMaps: Equatable {
    /// Not compared where empty.
    var uids: [IDMapping]
    var gids: [IDMapping]

    var summary: String { "check that the user namespace has the mappings of config.json" }

    /// - Throws: ``Failure`` where one differs.
    func perform(_ session: borrowing HostSession) throws(Failure) {
        try compare(uids, "uid_map", "/linux/uidMappings", session)
        try compare(gids, "gid_map", "/linux/gidMappings", session)
    }

    private func compare(
        _ map: [IDMapping], _ file: String, _ pointer: String, _ session: borrowing HostSession
    ) throws(Failure) {
        guard !map.isEmpty else { return }
        let text = try session.proc.read("\(session.pid)/\(file)")
        guard let found = Self.ranges(text) else { throw Failure("\(file) of the user namespace cannot be read") }
        guard Self.joined(map) == Self.joined(found) else {
            throw Failure(
                "the user namespace has other mappings: \(IDMaps.lines(found, separator: ", "))", pointer: pointer,
                hint: "leave the mappings out where the namespace is given by path")
        }
    }

    /// What uid_map and gid_map say (user_namespaces(7)): a range a line, its numbers filled with spaces.
    static func ranges(_ text: String) -> [IDMapping]? {
        var ranges: [IDMapping] = []
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let numbers = line.split(separator: UInt8(ascii: " ")).map { UInt32(Substring($0)) }
            guard numbers.count == 3, let inside = numbers[0], let outside = numbers[1], let size = numbers[2] else {
                return nil
            }
            ranges.append(
                IDMapping {
                    $0.containerID = inside
                    $0.hostID = outside
                    $0.size = size
                })
        }
        return ranges
    }

    /// The same map with its ranges sorted, and neighbours made one.
    static func joined(_ map: [IDMapping]) -> [IDMapping] {
        var joined: [IDMapping] = []
        for range in map.sorted(by: { $0.containerID < $1.containerID }) {
            if let last = joined.last, last.containerID &+ last.size == range.containerID,
                last.hostID &+ last.size == range.hostID
            {
                joined[joined.count - 1].size &+= range.size
            } else {
                joined.append(range)
            }
        }
        return joined
    }
}
