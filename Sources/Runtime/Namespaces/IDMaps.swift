import Base
import Linux
import OCI

/// Writes uid_map and gid_map of init's new user namespace (user_namespaces(7)).
///
/// The kernel accepts each file only once, in one write(2).
struct IDMaps: HostWork {
    static var word: StaticString { "map-ids" }

    /// How a map is written.
    enum Way: Equatable {
        /// With CAP_SETUID or CAP_SETGID: any map.
        case direct
        /// Without: one id alone, our own, which the kernel lets everybody map.
        case own
        /// Without, for more ids: by newuidmap(1) or newgidmap(1), which have the right, and map what /etc/subuid and
        /// /etc/subgid give to our user.
        case helper
    }

    var uids: [IDMapping]
    var gids: [IDMapping]
    var wayOfUIDs = Way.direct
    var wayOfGIDs = Way.direct

    var summary: String {
        "map uids \(Self.lines(uids, separator: ", "))\(Self.words(wayOfUIDs, "newuidmap")); "
            + "gids \(Self.lines(gids, separator: ", "))\(Self.words(wayOfGIDs, "newgidmap"))"
    }

    private static func words(_ way: Way, _ helper: String) -> String {
        switch way {
        case .direct: ""
        case .own: ", our own"
        case .helper: " by \(helper)"
        }
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        for warning in try write(for: session.pid, session.proc, below: "/linux") { session.warn(warning) }
        // Later this may be hidden from us: init forbids tracing.
        session.record.userNamespace = try session.proc.userNamespace(of: "\(session.pid)")
    }

    /// Writes the maps of the user namespace of the process `pid`.
    ///
    /// - Parameter place: The pointer of the object that has the mappings; nil leaves the place of a failure to the
    ///   step.
    /// - Returns: Warnings about /etc/subuid and /etc/subgid.
    @discardableResult
    func write(for pid: Int32, _ proc: borrowing Proc, below place: String? = nil) throws(Failure) -> [Failure] {
        var warnings: [Failure] = []
        // Whoever has no right over groups could otherwise leave one that is denied access to a file
        // (user_namespaces(7), "The /proc/pid/setgroups file").
        if wayOfGIDs == .own { try proc.write("deny", to: "\(pid)/setgroups") }
        for kind in [SubordinateIDs.Kind.group, .user] {
            let (map, way) = kind == .group ? (gids, wayOfGIDs) : (uids, wayOfUIDs)
            do throws(Failure) {
                guard way == .helper else {
                    try write(map, "\(pid)/\(kind.word)_map", proc)
                    continue
                }
                if let warning = try SubordinateIDs(kind: kind).map(map, for: pid) { warnings.append(warning) }
            } catch {
                throw place.map { error.at("\($0)/\(kind.word)Mappings") } ?? error
            }
        }
        return warnings
    }

    private func write(_ map: [IDMapping], _ file: String, _ proc: borrowing Proc) throws(Failure) {
        do throws(Failure) { try proc.write(Self.lines(map, separator: "\n"), to: file) } catch {
            throw Failure(
                "write \(file.hasSuffix("gid_map") ? "gid_map" : "uid_map") of the user namespace", cause: error.cause,
                hint: error.errno == .EINVAL ? "ranges must not overlap, nor be more than 340" : nil)
        }
    }

    /// Formats a map as `container host size` for each range.
    static func lines(_ map: [IDMapping], separator: String) -> String {
        map.map { "\($0.containerID) \($0.hostID) \($0.size)" }.joined(separator: separator)
    }
}

/// Checks the maps of config.json against the user namespace that it joins by path. containerd and CRI-O give both. If
/// they differed, config.json would show maps that are not in effect.
struct CheckIDMaps: HostWork {
    static var word: StaticString { "check-id-maps" }

    /// An empty list is not compared.
    var uids: [IDMapping]
    var gids: [IDMapping]

    var summary: String { "check that the user namespace has the mappings of config.json" }

    /// - Throws: ``Failure`` if a map differs.
    func perform(_ session: inout HostSide) throws(Failure) {
        try compare(uids, "uid_map", "/linux/uidMappings", session)
        try compare(gids, "gid_map", "/linux/gidMappings", session)
    }

    private func compare(
        _ map: [IDMapping], _ file: String, _ pointer: String, _ session: borrowing HostSide
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

    /// Parses uid_map or gid_map (user_namespaces(7)): one range per line, its numbers padded with spaces.
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

    /// Returns the same map with its ranges sorted, and adjacent ranges merged.
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
