import Base
import Linux

/// Makes the rootfs a mount of its own, at its own place, where hooks of the container find it.
///
/// pivot_root(2) wants a mount, whose parent is not shared. From here on every path of the container is resolved inside the
/// descriptor of this mount, and inside no other.
struct BindRoot: InsideWork {
    static var word: StaticString { "bind-root" }

    /// Absolute, on the host.
    var path: String
    /// Whether the host opened the tree; else init does.
    var isOpened = false
    /// The mounts around it may be shared: then the one below it must not be, or the bind would show on the host.
    var hasSharedParent: Bool
    /// Whether the root is to go on getting what the host mounts there: then a slave, else private. Either can be pivoted into.
    var isSlave = false

    private var propagation: MountFlags { isSlave ? .slave : .privately }

    var summary: String { "bind the rootfs \(path) on itself" + (isOpened ? ", else over /" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let place = try place()
        // First, since an unbindable mount could not be cloned.
        if hasSharedParent { try isolateMount(below: place) }
        let tree = session.descriptors.take(.rootfs)
        let root = try OpenTree.preferOwn(path, recursive: true, over: tree)
        if hasSharedParent { try root.mountSetattr(propagation: propagation, path) }
        try root.moveMount(to: place, "the rootfs \(path)")
        session.root = root
    }

    /// The rootfs' own directory; `/` where a user namespace has no right to reach it, since a mount can be on any.
    private func place() throws(Failure) -> Descriptor {
        do throws(Failure) { return try open(path, [.path, .directory, .noFollow]) } catch  where error.errno == .EACCES
        {
            return try open("/", [.path, .directory])
        }
    }

    /// Walks up to the root of the mount that `directory` is in.
    private func isolateMount(below directory: borrowing Descriptor) throws(Failure) {
        var here = try directory.duplicate()
        while try !here.status().isMountRoot { here = try here.openat("..", [.path, .directory]) }
        try here.mountSetattr(propagation: propagation, path)
    }
}
