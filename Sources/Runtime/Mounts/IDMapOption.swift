import Base
import Linux
import OCI

/// The option `idmap`, or `ridmap`, which also maps the mounts below (config.md, "Mounts").
///
/// crun's form with ranges works too (crun(1), "IDMAPPED MOUNTS"): `idmap=uids=0-1-10#10-11-10;gids=@0-0-10`. A range
/// has three numbers: the id in the filesystem, the id it is shown as on the host, and how many ids follow. With `@`
/// before them the second number is an id in the container.
struct IDMapOption: Equatable {
    var isRecursive: Bool
    /// The text after `=`; nil if there is no `=`.
    var ranges: String?

    /// - Returns: nil for any other word.
    init?(_ word: String) {
        let equals = word.utf8.firstIndex(of: UInt8(ascii: "="))
        switch word[..<(equals ?? word.endIndex)] {
        case "idmap": isRecursive = false
        case "ridmap": isRecursive = true
        default: return nil
        }
        ranges = equals.map { String(word[word.utf8.index(after: $0)...]) }
    }

    /// Reads ``ranges`` into maps.
    ///
    /// - Parameters:
    ///   - uids: The container's map, which translates relative ranges; nil if it has no known map.
    ///   - gids: The same for groups.
    /// - Returns: nil if there are no ranges.
    func maps(uids: [IDMapping]?, gids: [IDMapping]?) throws(Failure) -> IDMaps? {
        guard let ranges, !ranges.isEmpty else { return nil }
        var maps = IDMaps(uids: [], gids: [])
        for list in ranges.split(separator: ";") {
            if list.hasPrefix("uids=") {
                maps.uids += try Self.read(list.dropFirst(5), through: uids)
            } else if list.hasPrefix("gids=") {
                maps.gids += try Self.read(list.dropFirst(5), through: gids)
            } else {
                throw Failure(
                    "unknown id ranges \(quoted(String(list)))", hint: "one of uids=, gids=", code: .unknownValue)
            }
        }
        guard !maps.uids.isEmpty, !maps.gids.isEmpty else {
            throw Failure("an id-mapped mount needs ranges of both uids and gids", code: .missingCompanion)
        }
        return maps
    }

    private static func read(_ list: Substring, through map: [IDMapping]?) throws(Failure) -> [IDMapping] {
        var read: [IDMapping] = []
        for range in list.split(separator: "#", omittingEmptySubsequences: false) {
            let isRelative = range.utf8.first == UInt8(ascii: "@")
            let numbers = range.dropFirst(isRelative ? 1 : 0).split(
                separator: "-", omittingEmptySubsequences: false
            ).map { UInt32($0) }
            guard numbers.count == 3, let inside = numbers[0], let outside = numbers[1], let size = numbers[2],
                size > 0
            else {
                throw Failure(
                    "malformed id range \(quoted(String(range)))", hint: "three numbers, such as 0-100000-65536",
                    code: .malformedValue)
            }
            let host = isRelative ? try hostID(of: outside, size, in: map) : outside
            read.append(
                IDMapping {
                    $0.containerID = inside
                    $0.hostID = host
                    $0.size = size
                })
        }
        return read
    }

    /// Translates `id` of the container to the host's id. All `size` ids must lie in one range.
    private static func hostID(of id: UInt32, _ size: UInt32, in map: [IDMapping]?) throws(Failure) -> UInt32 {
        guard let map else {
            throw Failure("relative id ranges need a user namespace whose mappings are in config.json")
        }
        for range in map where range.containerID <= id {
            let offset = id - range.containerID
            guard offset < range.size, size <= range.size - offset else { continue }
            return range.hostID &+ offset
        }
        throw Failure(
            "the container has no ids \(id) to \(UInt64(id) + UInt64(size) - 1) in one range of its mappings")
    }
}
