import Base
import Linux

/// Opens, in the host, a source that init could not reach from its user namespace (open_tree(2)).
struct OpenTree: HostWork {
    static var word: StaticString { "open-tree" }

    /// Absolute, on the host.
    var path: String
    var isRecursive: Bool
    /// Where the host leaves the tree.
    var slot: Slot

    /// Whether init can do without it. It cannot if the host has to map the ids.
    var isOptional = false
    var followsLink = true

    var summary: String { "open \(path) for init" + (isOptional ? ", if it is there already" : "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        let tree: Descriptor
        do throws(Failure) { tree = try openTree(path, recursive: isRecursive, followingLink: followsLink) } catch
            where isOptional && error.isAbsence
        {
            // An earlier mount of the container may still bring the source. If not, init reports that it is missing.
            return
        }
        // Otherwise a mount made below this tree in the container would also appear on the host.
        try tree.mountSetattr(propagation: .slave, recursive: true, path)
        session.descriptors.put(tree, at: slot)
    }

    /// Opens init's own copy of `path`; if init has no right to reach it, takes the one that the host opened.
    ///
    /// init prefers its own copy because the kernel has locked things in it: the flags of the host's mounts, and the
    /// mounts that hide something, came into this mount namespace from a user namespace with more rights
    /// (mount_namespaces(7), "Restrictions on mount namespaces"). A tree that the host hands over is not locked: a
    /// container with CAP_SYS_ADMIN could make it writable, or uncover what it hides. The host's copy is also used if
    /// config.json wants a mount without the mounts below it. The kernel regards that as uncovering what they hide,
    /// and answers EINVAL.
    static func preferOwn(
        _ path: String, recursive: Bool, followingLink: Bool = true, over host: consuming Descriptor
    ) throws(Failure) -> Descriptor {
        do throws(Failure) { return try openTree(path, recursive: recursive, followingLink: followingLink) } catch {
            guard host.isOpen, error.errno == .EACCES || error.errno == .EINVAL else { throw error }
            return host
        }
    }
}
