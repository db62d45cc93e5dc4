import Base
import Linux

/// The container's view of its cgroup: an entry of `mounts` of type `cgroup` or `cgroup2`.
///
/// With a cgroup namespace the container sees its own cgroup as the root of the tree; without one, and without a user namespace,
/// the whole tree, as the caller who left the namespace out wants it. In a user namespace without a cgroup namespace of its own the
/// kernel refuses: then the container's own cgroup is bound, and where that cannot be found in the mounts that are there, a
/// read-only tmpfs covers what the image or an earlier bind of the host's /sys has in its place (runc CVE-2023-25809).
struct CgroupMount: Equatable {
    var target: String
    var options: MountOptions
    /// The container's cgroup below the cgroup2 mount.
    var path: String

    var summary: String {
        var text = "mount cgroup2 on \(target)"
        if !options.words.isEmpty { text += " (\(options.words))" }
        return text + ", else bind the container's cgroup, else cover it"
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target = try MountPoint.directory(self.target, inside: session.root)
        try MountPoint.refuseCovering(target, self.target, of: session.root)
        let mount: Descriptor
        do throws(Failure) {
            let context = try FilesystemContext("cgroup2")
            try context.set("source", to: "cgroup")
            mount = try context.mount(options.attributes)
        } catch  where error.errno == .EPERM || error.errno == .EBUSY {
            mount = try ownCgroup()
        }
        try attach(mount, to: target, "cgroup2 on \(self.target)")
        try options.applyPropagationAndRecursion(to: mount, self.target)
    }

    private func ownCgroup() throws(Failure) -> Descriptor {
        let tree: Descriptor
        do throws(Failure) { tree = try cloneTree("/sys/fs/cgroup\(path)", recursive: true) } catch
            where error.errno == .ENOENT
        {
            let cover = try FilesystemContext("tmpfs")
            try cover.set("source", to: "tmpfs")
            return try cover.mount(options.attributes.union(.readOnly))
        }
        try setAttributes(
            of: tree, set: options.attributes,
            clear: options.set.isDisjoint(with: MountOptions.timeFlags) ? [] : .accessTimes, target)
        return tree
    }
}
