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

    var isRecursive: Bool { options.set.contains(.recursive) }

    var summary: String {
        var text = "bind \(source) on \(target)"
        if !options.words.isEmpty { text += " (\(options.words))" }
        return text
    }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let tree = try tree(&session)
        let target = try MountPoint.matching(try tree.status().kind, self.target, inside: session.root)
        try MountPoint.refuseCovering(target, self.target, of: session.root, isProc: try MountPoint.isProc(tree))
        try setFlags(of: tree)
        do throws(Failure) {
            try attach(tree, to: target, "\(source) on \(self.target)")
        } catch  where error.errno == .ENOTDIR {
            throw error.hinting("a directory can only be mounted on a directory, a file on a file")
        }
        try options.applyPropagationAndRecursion(to: tree, self.target)
    }

    private func tree(_ session: inout InsideSession) throws(Failure) -> Descriptor {
        guard let opened else { return try cloneTree(source, recursive: isRecursive) }
        if isMapped { return session.descriptors.take(opened) }
        return try OpenTree.preferOwn(source, recursive: isRecursive, over: session.descriptors.take(opened))
    }

    /// Gives the mount exactly the flags that were asked for, as `mount --bind -o` and runc do; none asked, none changed.
    ///
    /// A flag that a user namespace locked cannot be taken away: the kernel answers EPERM. Then what was asked for is
    /// added and only what was asked to be absent is taken away, which fails where that is the locked one.
    private func setFlags(of tree: borrowing Descriptor) throws(Failure) {
        let mentioned = options.set.union(options.cleared).subtracting([.bind, .recursive, .remount, .silent])
        guard !mentioned.isEmpty else { return }
        let times: MountAttributes =
            mentioned.isDisjoint(with: MountOptions.timeFlags) ? [] : [.accessTimes, .noDirectoryAccessTime]
        let wanted = options.attributes
        do throws(Failure) {
            try setAttributes(of: tree, set: wanted, clear: MountOptions.everyAttribute.union(times), target)
        } catch  where error.errno == .EPERM {
            let cleared = MountOptions.attributes(options.cleared).intersection(MountOptions.everyAttribute)
            do throws(Failure) {
                try setAttributes(of: tree, set: wanted, clear: cleared.union(times), target)
            } catch  where error.errno == .EPERM {
                throw Failure(
                    "cannot clear locked flags of \(source)", cause: error.cause,
                    hint: "the host's mount has flags that a user namespace must keep: ask for them in options")
            }
        }
    }
}
