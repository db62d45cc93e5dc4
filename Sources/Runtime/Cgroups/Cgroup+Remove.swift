import Base
import Linux

extension Cgroup {
    /// The longest time that removing a cgroup, or walking its tree, may take: 10 s.
    static let patienceMilliseconds = 10_000

    /// Removes a container's cgroup and everything below it, given only its path. Its parents stay, even those that
    /// apus made, as with runc: another container may be about to use them.
    ///
    /// It waits for processes that are dying. The processes of a stopped container should have been killed before.
    ///
    /// - Parameters:
    ///   - path: The path below the mount: `/parent/name`. If the cgroup is gone already, that is a success.
    ///   - milliseconds: The longest wait: a process that the kernel cannot end (state D) must not hold us up for ever.
    /// - Throws: ``Failure``: EBUSY with the pids that are left, if time runs out.
    static func remove(at path: String, within milliseconds: Int = patienceMilliseconds) throws(Failure) {
        let path = try CgroupPath(recorded: path)
        let mount = try openMount()
        // This one call is usually enough. If it fails, the code below finds out why.
        if let _ = try? mount.unlinkat(path.relative, isDirectory: true) { return }
        let directory: Descriptor
        do throws(Failure) {
            directory = try Self.directory(path.relative, below: mount)
        } catch  where error.errno == .ENOENT || error.errno == .ENODEV { return }
        let cgroup = Cgroup(path: path, directory: directory, mount: mount)
        try cgroup.removeTree(until: Clock.deadline(milliseconds: milliseconds))
    }

    /// Undoes ``make(_:needing:)``: kills the processes in the cgroup, and removes the cgroup and those of its parents
    /// that we made. It does not fail: a directory that cannot be removed stays; usually it is in use.
    consuming func undo() {
        try? kill()
        if isNew { try? removeTree(until: Clock.deadline(milliseconds: Self.patienceMilliseconds)) }
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
                // Usually a process is still dying. Otherwise a child cgroup or a process has just arrived.
                if let _ = try? wait("populated", toBe: 0, within: Int(left)) { Clock.sleep(milliseconds: 1) }
            }
        }
    }

    /// Names the processes that are still in the cgroup.
    private borrowing func remaining() -> String? {
        guard let pids = try? processes(), !pids.isEmpty else { return nil }
        let list = pids.prefix(10).map { "\($0)" }.joined(separator: ", ")
        return "still in it: process \(list)\(pids.count > 10 ? " and \(pids.count - 10) more" : "")"
    }
}
