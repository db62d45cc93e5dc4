import Base
import Linux

extension Cgroup {
    /// Gives the cgroup to the user that the container's process runs as, so that the container can make cgroups of its
    /// own below it (runtime-spec 1.3, config-linux.md, "Cgroup ownership"). The host does this if the container has
    /// its own cgroup namespace and mounts its cgroup writable.
    ///
    /// Only the directory and the files in the kernel's list /sys/kernel/cgroup/delegate change owner. If the limit
    /// files (`memory.max` and the like) did too, the container could raise its own limits.
    ///
    /// - Parameter uid: The user, as the host numbers it.
    borrowing func delegate(to uid: UInt32) throws(Failure) {
        try directory.fchownat(uid: uid, gid: Self.unchanged, "cgroup \(path.text)")
        for name in Self.delegatedFiles() {
            do throws(Failure) {
                try file(name, .path).fchownat(uid: uid, gid: Self.unchanged, "\(name) of cgroup \(path.text)")
            } catch  where error.errno == .ENOENT {
                // Not every cgroup has every file.
            }
        }
    }

    /// A gid of -1 leaves the group as it is (chown(2)).
    private static let unchanged = UInt32.max

    private static func delegatedFiles() -> [String] {
        guard let file = try? Linux.open("/sys/kernel/cgroup/delegate", .readOnly),
            let list = try? file.readAll(limit: 4096, "the files to delegate")
        else { return ["cgroup.procs", "cgroup.subtree_control", "cgroup.threads"] }
        return words(String(decoding: list, as: UTF8.self)).filter { !$0.utf8.contains(UInt8(ascii: "/")) }
    }
}
