import Base
import Linux

/// How mounts and unmounts cross between the host and the container: `linux.rootfsPropagation`, rslave where it is absent.
///
/// The new mount namespace starts as a copy in which shared mounts are still the host's peers; this ends that, before
/// anything is mounted (mount_namespaces(7), "Shared subtrees").
struct RootPropagation: InsideWork, ProcessWork {
    static var word: StaticString { "propagate" }

    /// One kind, with or without ``MountFlags/recursive``.
    var flags: MountFlags

    /// What a root has where config.json does not say.
    static let standard = RootPropagation(flags: [.slave, .recursive])

    private init(flags: MountFlags) { self.flags = flags }

    /// - Returns: nil for a word that the spec does not have.
    init?(_ word: String?) {
        switch word {
        case nil, "": self = .standard
        case "rslave": flags = [.slave, .recursive]
        case "slave": flags = .slave
        case "private": flags = .privately
        case "rprivate": flags = [.privately, .recursive]
        case "shared": flags = .shared
        case "rshared": flags = [.shared, .recursive]
        case "unbindable": flags = .unbindable
        case "runbindable": flags = [.unbindable, .recursive]
        default: return nil
        }
    }

    /// The kind without the recursion.
    var kind: MountFlags { flags.subtracting(.recursive) }

    /// Whether it is for the new root, once everything is mounted: pivot_root(2) refuses a shared one, and an unbindable one
    /// cannot be bound.
    var returnsAfterPivot: Bool { kind == .shared || kind == .unbindable }

    /// Whether no mount that the container inherits is a peer of the host's any more. Else what is mounted or unmounted below
    /// such a one would be on the host as well: only the recursive forms of slave and private reach all.
    var isolatesAll: Bool { ofCopies == [.slave, .recursive] || ofCopies == [.privately, .recursive] }

    /// What the copies of the host's mounts get: what was asked for, but for unbindable, with which nothing could be bound.
    private var ofCopies: MountFlags { kind == .unbindable ? [.slave, .recursive] : flags }

    var summary: String { "make the mounts of the new mount namespace \(word)" }

    var word: String {
        let prefix = flags.contains(.recursive) ? "r" : ""
        switch kind {
        case .privately: return prefix + "private"
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

/// `linux.rootfsPropagation` shared or unbindable, on the container's root once nothing more is mounted.
struct ReturnPropagation: InsideWork {
    static var word: StaticString { "return-propagation" }

    var propagation: RootPropagation

    var summary: String { "make the root \(propagation.word)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.root.mountSetattr(
            propagation: propagation.kind, recursive: propagation.flags.contains(.recursive), "/")
    }
}
