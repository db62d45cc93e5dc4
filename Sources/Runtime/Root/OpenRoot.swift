import Base
import Linux
import OCI

/// Checks the rootfs before anything is made for the container.
struct CheckRoot: HostWork, ProcessWork {
    static var word: StaticString { "check-root" }

    /// Absolute, on the host.
    var path: String

    var summary: String { "check that the rootfs \(path) is a directory" }

    func perform() throws(Failure) {
        let root: Descriptor
        do throws(Failure) { root = try open(path, [.path, .noFollow]) } catch {
            throw Failure("invalid rootfs \(path)", cause: error.cause, hint: "root.path is taken from the bundle")
        }
        switch try root.status().kind {
        case .directory: return
        case .symbolicLink: throw Failure("invalid rootfs \(path): not an absolute path, or a symlink")
        default: throw Failure("invalid rootfs \(path)", "open", .ENOTDIR)
        }
    }
}

/// Opens the rootfs as the container's root if the container has no mount namespace. Then nothing may be mounted.
struct OpenRoot: InsideWork {
    static var word: StaticString { "open-root" }

    /// Absolute, on the host.
    var path: String

    var summary: String { "open the rootfs \(path)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.root = try open(path, [.path, .directory, .noFollow])
    }
}

/// Opens a procfs of our own that is mounted nowhere (fsopen(2)). This must happen while the host's procfs is still
/// visible: in a user namespace the kernel makes a new one only if a fully visible one is there already.
struct OpenProc: InsideWork {
    static var word: StaticString { "open-proc" }

    /// Whether to use the host's /proc: before it is in the container's user namespace, an ordinary user's process may
    /// mount nothing.
    var isHosts = false

    var summary: String { isHosts ? "open the host's procfs" : "open a private procfs" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.proc = isHosts ? try Proc.host() : try Proc.detached()
    }
}

/// Binds the rootfs on itself, so that it is a mount of its own, at the path where the hooks of the container find it.
///
/// pivot_root(2) requires it: the new root must be a mount, whose parent mount is not shared, and a rootfs is usually
/// just a directory of the host's filesystem. From here on init resolves every path of the container inside the
/// descriptor of this mount.
struct BindRoot: InsideWork {
    static var word: StaticString { "bind-root" }

    /// Absolute, on the host.
    var path: String
    /// Whether the host opened the tree. If not, init does.
    var isOpened = false
    /// Whether the mounts around the rootfs may be shared. Then the mount that the rootfs lies in must stop being
    /// shared, or the bind would appear on the host.
    var hasSharedParent: Bool
    /// Whether the root keeps receiving what the host mounts there. It becomes a slave if so, and private if not.
    /// pivot_root(2) accepts both.
    var isSlave = false

    private var propagation: MountFlags { isSlave ? .slave : .private }

    var summary: String { "bind the rootfs \(path) on itself" + (isOpened ? ", else over /" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let place = try place()
        // This comes first, since the kernel does not clone an unbindable mount.
        if hasSharedParent { try isolateMount(below: place) }
        let tree = session.descriptors.take(.rootfs)
        let root = try OpenTree.preferOwn(path, recursive: true, over: tree)
        if hasSharedParent { try root.mountSetattr(propagation: propagation, path) }
        try root.moveMount(to: place, "the rootfs \(path)")
        session.root = root
    }

    /// Opens the rootfs's own directory. If a user namespace has no right to reach it, opens `/` instead, since the
    /// bind works on any directory.
    private func place() throws(Failure) -> Descriptor {
        do throws(Failure) { return try open(path, [.path, .directory, .noFollow]) } catch  where error.errno == .EACCES
        {
            return try open("/", [.path, .directory])
        }
    }

    /// Stops sharing the mount that `directory` lies in. It finds the root of that mount by walking up.
    private func isolateMount(below directory: borrowing Descriptor) throws(Failure) {
        var here = try directory.duplicate()
        while try !here.status().isMountRoot { here = try here.openat("..", [.path, .directory]) }
        try here.mountSetattr(propagation: propagation, path)
    }
}
