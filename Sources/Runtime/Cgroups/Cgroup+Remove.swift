import Base
import Linux

extension Cgroup {
    /// How long removing a cgroup, or looking through its tree, may take: 10 s in nanoseconds.
    static let patience: Int64 = 10_000_000_000

    /// Removes a container's cgroup with all below it, from its path alone. Its parents stay, whoever made them, as with
    /// runc: other containers may be on their way into them.
    ///
    /// Processes that are dying are waited for; those of a stopped container should have been killed before.
    ///
    /// - Parameters:
    ///   - path: Below the mount: `/parent/name`. A cgroup that is gone is removed.
    ///   - milliseconds: How long at most: a process that the kernel cannot end (state D) must not keep us for ever.
    /// - Throws: ``Failure``: EBUSY with the pids that are left, where time runs out.
    static func remove(at path: String, within milliseconds: Int = Int(patience / 1_000_000)) throws(Failure) {
        let path = try CgroupPath(recorded: path)
        let mount = try openMount()
        // The one call that is enough most often; why it was not is seen below.
        if let _ = try? mount.unlinkat(path.relative, isDirectory: true) { return }
        let directory: Descriptor
        do throws(Failure) {
            directory = try Self.directory(path.relative, below: mount)
        } catch  where error.errno == .ENOENT || error.errno == .ENODEV { return }
        let cgroup = Cgroup(path: path, directory: directory, mount: mount)
        try cgroup.removeTree(until: Clock.monotonic() + Int64(milliseconds) * 1_000_000)
    }

    /// Takes back what ``make(_:needing:)`` did: kills what is in the cgroup, removes it if it was made then, and those of
    /// its parents that were. It does not fail: what cannot be removed is in somebody's use.
    consuming func undo() {
        try? kill()
        if isNew { try? removeTree(until: Clock.monotonic() + Self.patience) }
        Self.removeDirectories(made, of: path, below: mount)
    }

    private borrowing func removeTree(until deadline: Int64) throws(Failure) {
        while true {
            try? DirectoryTree.removeDirectories(below: directory, until: deadline)
            do throws(Failure) {
                return try mount.unlinkat(path.relative, isDirectory: true)
            } catch  where error.errno == .ENOENT {
                return
            } catch {
                let left = (deadline - Clock.monotonic()) / 1_000_000
                guard error.errno == .EBUSY, left > 0 else {
                    throw Failure("remove cgroup \(path.text)", cause: error.cause, hint: remaining())
                }
                // Most often a process is dying; else a child was made or a process came just now.
                if let _ = try? wait("populated", toBe: 0, within: Int(left)) { Clock.sleep(milliseconds: 1) }
            }
        }
    }

    /// Names the processes that are left.
    private borrowing func remaining() -> String? {
        guard let pids = try? processes(), !pids.isEmpty else { return nil }
        let list = pids.prefix(10).map { "\($0)" }.joined(separator: ", ")
        return "still in it: process \(list)\(pids.count > 10 ? " and \(pids.count - 10) more" : "")"
    }
}
