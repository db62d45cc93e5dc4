import Base
import Linux

/// Makes device nodes that only containers use, in a tmpfs that is mounted nowhere.
///
/// Root may change the mode of any device node that root owns. This needs no capability, and it also works through
/// /proc/PID/fd/N. The nodes in the host's /dev belong to root, so a container whose root is the host's root must not
/// get them, neither as an open descriptor nor by a bind.
enum OwnNodes {
    static let null = DeviceNumber(major: 1, minor: 3)

    /// Makes a tmpfs with the node `null` and the directory `empty`, and with room for `more` nodes but for no other
    /// file.
    ///
    /// - Parameter label: The SELinux label of every file in it. A confined process may use no other.
    /// - Throws: ``Failure``: EPERM of `fsmount` if our mount namespace belongs to a user namespace with more rights
    ///   than ours; EPERM of `mknodat` in any user namespace but the first, and without CAP_MKNOD.
    static func folder(label: String?, more: Int = 0) throws(Failure) -> Descriptor {
        let context = try fsopen("tmpfs")
        try context.fsconfig("mode", "755")
        try context.fsconfig("nr_blocks", "1")
        try context.fsconfig("nr_inodes", "\(3 + more)")
        if let label { try context.fsconfig("context", label) }
        let folder = try context.fsmount([.noSetuid, .noExecute])
        try folder.mknodat("null", kind: .characterDevice, permissions: 0o666, device: null)
        try folder.mkdirat("empty", mode: 0o555)
        // The umask of our caller applied to both when they were made.
        try folder.fchmodat("null", mode: 0o666)
        try folder.fchmodat("empty", mode: 0o555)
        return folder
    }

    /// Opens the host's null device to read and write, through a read-only mount, so that nobody can change its mode or
    /// owner.
    static func openHostsNull() throws(Failure) -> Descriptor {
        do throws(Failure) { return try openReadOnlyNull() } catch  where error.errno == .EPERM {}
        return try openInMountNamespace("make /dev/null read-only for the container", openReadOnlyNull)
    }

    private static func openReadOnlyNull() throws(Failure) -> Descriptor {
        let tree = try readOnlyNull()
        return try Proc.host().follow(
            "self/fd/\(tree.number)", [.readWrite, .noControllingTerminal, .nonBlocking])
    }

    /// Returns a read-only mount, attached nowhere, of the /dev/null of our mount namespace, after checking that it is
    /// the null device.
    static func readOnlyNull() throws(Failure) -> Descriptor {
        let tree = try openTree("/dev/null", recursive: false)
        guard try tree.status().isNull else { throw Failure("/dev/null is not the null device") }
        try tree.mountSetattr(set: .readOnly, "/dev/null")
        return tree
    }
}

extension FileStatus {
    /// Whether the file is a null device.
    var isNull: Bool { kind == .characterDevice && device == OwnNodes.null }
}

/// A mount to attach in several places: the first time the mount itself, then copies of it.
///
/// The copies are made from the attached mount, since before Linux 6.15 open_tree(2) copies no mount that is attached
/// nowhere.
struct Cover: ~Copyable {
    private let tree: Descriptor
    private var isAttached = false

    init(_ tree: consuming Descriptor) { self.tree = tree }

    /// A cover without a mount. Attaching it fails with EBADF.
    static var none: Cover { Cover(.none) }

    mutating func attach(to target: borrowing Descriptor, _ path: String) throws(Failure) {
        guard isAttached else {
            try tree.moveMount(to: target, path)
            isAttached = true
            return
        }
        try tree.openTree(recursive: false, path).moveMount(to: target, path)
    }
}
