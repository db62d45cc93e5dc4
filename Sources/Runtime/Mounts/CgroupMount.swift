import Base
import CShim
import Linux

/// The container's view of its cgroup: an entry of `mounts` of type `cgroup` or `cgroup2`.
///
/// In a cgroup namespace the container sees its own cgroup as the root of the tree. Without a cgroup namespace and
/// without a user namespace it sees the whole tree; a caller who leaves the namespace out wants that. In a user
/// namespace without a cgroup namespace of its own, the kernel refuses the mount. Then init binds the container's own
/// cgroup instead. If it cannot find that cgroup in the mounts that are there, it covers the place with a read-only
/// tmpfs, so that neither the image's directory nor an earlier bind of the host's /sys shows there (runc
/// CVE-2023-25809).
///
/// All cgroup2 mounts share one superblock, and so they share options such as nsdelegate. Each mount made from the
/// first cgroup namespace sets these options anew, for the host too (`apply_cgroup_root_flags` of the kernel's
/// kernel/cgroup/cgroup.c), and nsdelegate is what keeps a container from raising its own limits. Therefore, in the
/// host's cgroup namespace, init binds the host's mount. If config.json has such options, init mounts cgroup2 with
/// those and with the host's.
struct CgroupMount: InsideWork {
    static var word: StaticString { "mount-cgroup" }

    /// The cgroup namespace that init is in.
    enum Namespace: Equatable {
        /// A new one, made for this container.
        case own
        /// One that config.json names by a path. It may be the host's.
        case joined
        /// The runtime's own.
        case host
    }

    var target: String
    var options: MountOptions
    /// The container's cgroup below the cgroup2 mount.
    var path: String
    var namespace = Namespace.own
    var hasUserNamespace = false

    /// The options that cgroup2 knows. Others, such as those of version 1, have no meaning here.
    private var words: [String] { Self.known(options.data) }

    private var bindsHosts: Bool { namespace == .host && !hasUserNamespace && words.isEmpty }

    var summary: String {
        var text = (bindsHosts ? "bind the host's cgroup2 on " : "mount cgroup2 on ") + target
        if !options.words.isEmpty { text += " (\(options.words))" }
        if !bindsHosts, namespace != .own { text += ", with the options that the host's has" }
        return text + ", else bind the container's cgroup, else cover it"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let target = try MountPoint.directory(self.target, inside: session.root)
        try MountPoint.refuseCovering(target, self.target, of: session.root)
        let mount: Descriptor
        do throws(Failure) { mount = try whole() } catch  where error.errno == .EPERM || error.errno == .EBUSY {
            mount = try ownCgroup()
        }
        try mount.moveMount(to: target, "cgroup2 on \(self.target)")
        try options.applyPropagationAndRecursion(to: mount, self.target)
    }

    private func whole() throws(Failure) -> Descriptor {
        if bindsHosts, let tree = try? openTree(CgroupPath.mountPoint, recursive: false), try Self.isCgroup2(tree) {
            try tree.mountSetattr(
                set: options.attributes, clear: MountOptions.everyAttribute.union(.accessTimes),
                propagation: .private, target)
            return tree
        }
        let context = try fsopen("cgroup2")
        try context.fsconfig("source", "cgroup")
        for word in namespace == .own ? words : words + (try Self.hostWords()) {
            // This kernel does not know the option yet.
            do throws(Failure) { try context.fsconfig(word) } catch  where error.errno == .EINVAL {}
        }
        return try context.fsmount(options.attributes)
    }

    private static func isCgroup2(_ tree: borrowing Descriptor) throws(Failure) -> Bool {
        try tree.filesystem().type == UInt64(CGROUP2_SUPER_MAGIC)
    }

    private static func hostWords() throws(Failure) -> [String] {
        let mounts = try MountInformation.ofOurNamespace(try Proc.host())
        guard let mount = mounts.first(where: { $0.type == "cgroup2" }) else { return [] }
        return known(
            mount.filesystemOptions.utf8.split(separator: UInt8(ascii: ",")).map { String(Substring($0)) })
    }

    private static func known(_ words: [String]) -> [String] {
        words.filter { word in
            switch word {
            case "nsdelegate", "favordynmods", "memory_localevents", "memory_recursiveprot",
                "memory_hugetlb_accounting", "pids_localevents":
                true
            default: false
            }
        }
    }

    private func ownCgroup() throws(Failure) -> Descriptor {
        let tree: Descriptor
        do throws(Failure) { tree = try openTree("\(CgroupPath.mountPoint)\(path)", recursive: true) } catch
            where error.errno == .ENOENT
        {
            let cover = try fsopen("tmpfs")
            try cover.fsconfig("source", "tmpfs")
            return try cover.fsmount(options.attributes.union(.readOnly))
        }
        try tree.mountSetattr(
            set: options.attributes, clear: options.set.isDisjoint(with: MountOptions.timeFlags) ? [] : .accessTimes,
            target)
        return tree
    }
}
