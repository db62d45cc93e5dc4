import Base
import Linux

/// A part of the host to show in the container, decided from config.json before anything runs.
///
/// A mount is a bind by its options `bind` and `rbind`, never by its type.
struct BindMount: InsideWork {
    static var word: StaticString { "bind" }

    /// Absolute, on the host.
    var source: String
    var target: String
    var options: MountOptions
    /// Where the host left the source; nil if init opens it itself. In a user namespace init may have no right to reach it.
    var opened: Slot?
    /// Whether the host has id-mapped what it opened: then no other tree will do.
    var isMapped = false
    /// Whether only the host can see the source.
    var isHostsAlone = false

    /// Whether a source that is a link is followed.
    var followsLink: Bool { !options.copiesLink && !options.mountsLink }

    var isRecursive: Bool { options.set.contains(.recursive) }

    var summary: String {
        var text = "bind \(source) on \(target)"
        if !options.words.isEmpty { text += " (\(options.words))" }
        return text
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let tree = try tree(&session)
        let kind = try tree.status().kind
        if options.copiesLink, kind == .symbolicLink { return try copyLink(tree, session) }
        let target = try MountPoint.matching(
            kind, source, self.target, inside: session.root, followingLink: !options.coversLink)
        try MountPoint.refuseCovering(target, self.target, of: session.root, isProc: try MountPoint.isProc(tree))
        try options.setFlags(of: tree, source, self.target)
        try tree.moveMount(to: target, "\(source) on \(self.target)")
        try options.applyPropagationAndRecursion(to: tree, self.target)
    }

    /// Makes the link that the source is at the target; one that says the same may be there already.
    private func copyLink(_ tree: borrowing Descriptor, _ session: borrowing InsideSide) throws(Failure) {
        let link = try tree.readlinkat("")
        let parts = Path.parts(target)
        guard let name = parts.last else { return }
        let folder = try MountPoint.directory("/" + parts.dropLast().joined(separator: "/"), inside: session.root)
        do throws(Failure) { try folder.symlinkat(link, as: name) } catch  where error.errno == .EEXIST {
            guard let there = try? folder.readlinkat(name), Path.areSame(there, link) else {
                throw error.during("copy the link \(source) to \(target)")
            }
        }
    }

    private func tree(_ session: inout InsideSide) throws(Failure) -> Descriptor {
        guard let opened else { return try openTree(source, recursive: isRecursive, followingLink: followsLink) }
        if isMapped || isHostsAlone { return session.descriptors.take(opened) }
        return try OpenTree.preferOwn(
            source, recursive: isRecursive, followingLink: followsLink, over: session.descriptors.take(opened))
    }
}

/// Opens, while the host still is the host, what init could not reach from its user namespace (open_tree(2)).
struct OpenTree: HostWork {
    static var word: StaticString { "open-tree" }

    /// Absolute, on the host.
    var path: String
    var isRecursive: Bool
    /// Where the tree goes.
    var slot: Slot

    /// Whether init can do without it: not if it is the host that has to map the ids.
    var isOptional = false
    var followsLink = true

    var summary: String { "open \(path) for init" + (isOptional ? ", if it is there already" : "") }

    func perform(_ session: inout HostSide) throws(Failure) {
        let tree: Descriptor
        do throws(Failure) { tree = try openTree(path, recursive: isRecursive, followingLink: followsLink) } catch
            where isOptional && error.isAbsence
        {
            // It may be there once an earlier mount of the container is. Else init says that it is not.
            return
        }
        // Else what is mounted below it in the container would show on the host.
        try tree.mountSetattr(propagation: .slave, recursive: true, path)
        session.descriptors.put(tree, at: slot)
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
