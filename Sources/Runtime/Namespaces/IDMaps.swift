import Base
import Linux
import OCI

/// Writes uid_map and gid_map of init's new user namespace (user_namespaces(7)).
///
/// The kernel takes each file once, in one write(2).
struct IDMaps: HostWork {
    static var word: StaticString { "map-ids" }

    var uids: [IDMapping]
    var gids: [IDMapping]

    var summary: String {
        "map uids \(Self.lines(uids, separator: ", ")); gids \(Self.lines(gids, separator: ", "))"
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        try write(for: session.pid, session.proc, below: "/linux")
    }

    /// Writes the maps of the user namespace that the process `pid` is in.
    ///
    /// - Parameter place: The pointer of what has the mappings; nil leaves the place of a failure to the step.
    func write(for pid: Int32, _ proc: borrowing Proc, below place: String? = nil) throws(Failure) {
        try write(gids, "\(pid)/gid_map", place.map { "\($0)/gidMappings" }, proc)
        try write(uids, "\(pid)/uid_map", place.map { "\($0)/uidMappings" }, proc)
    }

    private func write(
        _ map: [IDMapping], _ file: String, _ pointer: String?, _ proc: borrowing Proc
    ) throws(Failure) {
        do throws(Failure) { try proc.write(Self.lines(map, separator: "\n"), to: file) } catch {
            throw Failure(
                "write \(file.hasSuffix("gid_map") ? "gid_map" : "uid_map") of the user namespace", cause: error.cause,
                pointer: pointer,
                hint: error.errno == .EINVAL ? "ranges must not overlap, nor be more than 340" : nil)
        }
    }

    /// `container host size` for each range.
    static func lines(_ map: [IDMapping], separator: String) -> String {
        map.map { "\($0.containerID) \($0.hostID) \($0.size)" }.joined(separator: separator)
    }
}
