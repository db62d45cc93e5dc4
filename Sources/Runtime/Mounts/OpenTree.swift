import Base
import Linux

/// Opens, while the host still is the host, what init could not reach from its user namespace (open_tree(2)).
struct OpenTree: Equatable {
    /// Absolute, on the host.
    var path: String
    var isRecursive: Bool
    /// Where in the descriptor table it goes.
    var entry: Int

    /// Whether init can do without it: not if it is the host that has to map the ids.
    var isOptional = false
    var followsLink = true

    var summary: String { "open \(path) for init" + (isOptional ? ", if it is there already" : "") }

    func perform(_ session: inout HostSession) throws(Failure) {
        let tree: Descriptor
        do throws(Failure) { tree = try openTree(path, recursive: isRecursive, followingLink: followsLink) } catch
            where isOptional && error.isAbsence
        {
            // It may be there once an earlier mount of the container is. Else init says that it is not.
            return
        }
        // Else what is mounted below it in the container would show on the host.
        try tree.mountSetattr(propagation: .slave, recursive: true, path)
        session.descriptors.put(tree, at: entry)
    }

    /// init's own copy of `path`, and where it has no right to reach that, the one that the host opened for it.
    ///
    /// In its own, the flags of the host's mounts, and the mounts that hide something, are locked, since they came with the mount
    /// namespace from a user namespace with more rights (mount_namespaces(7), "Restrictions on mount namespaces"). What the
    /// host hands over is not: a container with CAP_SYS_ADMIN could make it writable, or uncover it. The host's is taken also
    /// where config.json wants a mount without those below it, which the kernel would call an uncovering (EINVAL).
    static func preferOwn(
        _ path: String, recursive: Bool, followingLink: Bool = true, over host: consuming Descriptor
    ) throws(Failure) -> Descriptor {
        do throws(Failure) { return try openTree(path, recursive: recursive, followingLink: followingLink) } catch {
            guard host.isOpen, error.errno == .EACCES || error.errno == .EINVAL else { throw error }
            return host
        }
    }
}
