import Base
import Linux
import OCI

/// Writes uid_map and gid_map of init's new user namespace (user_namespaces(7)).
///
/// The kernel takes each file once, in one write(2).
struct IDMaps: Equatable {
    var uids: [IDMapping]
    var gids: [IDMapping]

    var summary: String {
        "map uids \(Self.lines(uids, separator: ", ")); gids \(Self.lines(gids, separator: ", "))"
    }

    func perform(_ session: inout HostSession) throws(Failure) {
        try write(gids, "gid_map", "/linux/gidMappings", session)
        try write(uids, "uid_map", "/linux/uidMappings", session)
    }

    private func write(
        _ map: [IDMapping], _ file: String, _ pointer: String, _ session: borrowing HostSession
    ) throws(Failure) {
        do throws(Failure) {
            try session.proc.write(Self.lines(map, separator: "\n"), to: "\(session.pid)/\(file)")
        } catch {
            throw Failure(
                "write \(file) of the user namespace", cause: error.cause, pointer: pointer,
                hint: error.errno == .EINVAL ? "ranges must not overlap, nor be more than 340" : nil)
        }
    }

    /// `container host size` for each range.
    static func lines(_ map: [IDMapping], separator: String) -> String {
        map.map { "\($0.containerID) \($0.hostID) \($0.size)" }.joined(separator: separator)
    }
}
