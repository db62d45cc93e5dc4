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
            guard error.errno == .EACCES || error.errno == .EINVAL else { throw error }
            guard host.isOpen else {
                throw recursive || error.errno == .EACCES
                    ? error : error.hinting("there are mounts below it, which only root may leave out: use rbind")
            }
            return host
        }
    }
}

/// A bind mount: shows a file or directory of the host in the container.
///
/// An entry of `mounts` is a bind if its options say `bind` or `rbind`. Its type does not matter.
struct BindMount: InsideWork {
    static var word: StaticString { "bind" }

    /// Absolute, on the host.
    var source: String
    var target: String
    var options: MountOptions
    /// Where the host left the source after opening it; nil if init opens it itself. In a user namespace init may have
    /// no right to reach it.
    var opened: Slot?
    /// Whether the host has id-mapped the tree that it opened. Then init must use that tree and no other.
    var isMapped = false
    /// Whether only the host can see the source.
    var onlyHostSeesSource = false

    /// Whether a link is followed if the source is one.
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

    /// Copies the source, which is a link, to the target. A link with the same text may be there already.
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
        if isMapped || onlyHostSeesSource { return session.descriptors.take(opened) }
        return try OpenTree.preferOwn(
            source, recursive: isRecursive, followingLink: followsLink, over: session.descriptors.take(opened))
    }
}
