import Base
import Linux

/// Sets how mounts and unmounts spread between the host and the container: `linux.rootfsPropagation`, or rslave if it
/// is absent.
///
/// A new mount namespace starts as a copy, in which shared mounts are still peers of the host's: a mount made on one
/// side appears on the other. This step ends that before anything is mounted, if the kind is recursive and neither
/// shared (mount_namespaces(7), "Shared subtrees"); otherwise ``isolatesAll`` is false, and later steps know it.
struct RootPropagation: InsideWork, ProcessWork {
    static var word: StaticString { "propagate" }

    /// One kind, with or without ``MountFlags/recursive``.
    var flags: MountFlags

    /// The default of this runtime if config.json says nothing. A slave still receives the host's unmounts, so the
    /// copies keep no filesystem of the host busy.
    static let standard = RootPropagation(flags: [.slave, .recursive])

    private init(flags: MountFlags) { self.flags = flags }

    /// - Returns: nil for a word that the spec does not have.
    init?(_ word: String?) {
        switch word {
        case nil, "": self = .standard
        case "rslave": flags = [.slave, .recursive]
        case "slave": flags = .slave
        case "private": flags = .private
        case "rprivate": flags = [.private, .recursive]
        case "shared": flags = .shared
        case "rshared": flags = [.shared, .recursive]
        case "unbindable": flags = .unbindable
        case "runbindable": flags = [.unbindable, .recursive]
        default: return nil
        }
    }

    /// The kind without the recursion.
    var kind: MountFlags { flags.subtracting(.recursive) }

    /// Whether the kind is set on the new root only after everything is mounted. pivot_root(2) refuses a shared root,
    /// and an unbindable one cannot be bound.
    var returnsAfterPivot: Bool { kind == .shared || kind == .unbindable }

    /// Whether no inherited mount is a peer of the host's any more. If one still is, a mount or unmount below it also
    /// happens on the host. Only the recursive forms of slave and private reach all mounts.
    var isolatesAll: Bool { ofCopies == [.slave, .recursive] || ofCopies == [.private, .recursive] }

    /// The propagation for the copies of the host's mounts: the one that was asked for, except unbindable, which would
    /// prevent every bind.
    private var ofCopies: MountFlags { kind == .unbindable ? [.slave, .recursive] : flags }

    var summary: String { "make the mounts of the new mount namespace \(word)" }

    var word: String {
        let prefix = flags.contains(.recursive) ? "r" : ""
        switch kind {
        case .private: return prefix + "private"
        case .shared: return prefix + "shared"
        case .unbindable: return prefix + "unbindable"
        default: return prefix + "slave"
        }
    }

    func perform() throws(Failure) {
        let root = try open("/", [.path, .directory])
        let recursive = ofCopies.contains(.recursive)
        try root.mountSetattr(propagation: ofCopies.subtracting(.recursive), recursive: recursive, "/")
    }
}

/// Sets `linux.rootfsPropagation` shared or unbindable on the container's root after the last mount.
struct SetRootPropagation: InsideWork {
    static var word: StaticString { "set-root-propagation" }

    var propagation: RootPropagation

    var summary: String { "make the root \(propagation.word)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.root.mountSetattr(
            propagation: propagation.kind, recursive: propagation.flags.contains(.recursive), "/")
    }
}
