import Base
import Linux

/// A part of the host to show in the container, decided from config.json before anything runs.
///
/// A mount is a bind by its options `bind` and `rbind`, never by its type.
struct BindMount: Equatable {
    /// Absolute, on the host.
    var source: String
    var target: String
    var options: MountOptions
    /// Where the host put the source in the descriptor table; nil where init opens it itself. In a user namespace init may
    /// not have the rights to reach it.
    var opened: Int?
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

    func perform(_ session: inout InsideSession) throws(Failure) {
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
    private func copyLink(_ tree: borrowing Descriptor, _ session: borrowing InsideSession) throws(Failure) {
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

    private func tree(_ session: inout InsideSession) throws(Failure) -> Descriptor {
        guard let opened else { return try openTree(source, recursive: isRecursive, followingLink: followsLink) }
        if isMapped || isHostsAlone { return session.descriptors.take(opened) }
        return try OpenTree.preferOwn(
            source, recursive: isRecursive, followingLink: followsLink, over: session.descriptors.take(opened))
    }
}
