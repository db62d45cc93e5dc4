import Base
import Linux

/// The container's view of its cgroup: an entry of `mounts` of type `cgroup` or `cgroup2`.
///
/// Without a private cgroup namespace, or where the kernel refuses, the container's own cgroup is bound instead; the host's
/// tree is never shown writable (runc CVE-2023-25809).
struct CgroupMount: Equatable {
    var target: String
    var options: MountOptions
    /// The container's cgroup below the cgroup2 mount.
    var path: String

    var summary: String {
        var text = "mount cgroup2 on \(target)"
        if !options.words.isEmpty { text += " (\(options.words))" }
        return text + ", else bind the container's cgroup"
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target = try MountPoint.directory(self.target, inside: session.root)
        try MountPoint.refuseCoveringProc(target, self.target)
        let mount: Descriptor
        do throws(Failure) {
            let context = try FilesystemContext("cgroup2")
            try context.set("source", to: "cgroup")
            mount = try context.mount(options.attributes)
        } catch  where error.errno == .EPERM || error.errno == .EBUSY {
            mount = try cloneTree("/sys/fs/cgroup\(path)", recursive: true)
            try setAttributes(
                of: mount, set: options.attributes,
                clear: options.set.isDisjoint(with: MountOptions.timeFlags) ? [] : .accessTimes, self.target)
        }
        try attach(mount, to: target, "cgroup2 on \(self.target)")
        try options.applyPropagationAndRecursion(to: mount, self.target)
    }
}
