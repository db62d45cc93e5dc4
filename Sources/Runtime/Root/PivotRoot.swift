import Base
import Linux

/// Makes the rootfs the root of the container's mount namespace, and detaches the host's root (pivot_root(2)).
///
/// chroot(2) would only change where "/" leads, and a privileged process can get out of it. After this step the host's
/// root is not in the mount namespace any more.
struct PivotRoot: InsideWork {
    static var word: StaticString { "pivot" }

    private static let hint =
        "/ must be a mount, and the one that it lies in must not be shared, as it often is around a chroot: "
        + "make that private, or give --no-pivot"

    /// Whether mounts of the old root may be peers of the host's. Unmounting such a mount would unmount the host's
    /// too.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try session.root.fchdir()
        // "." twice: the kernel takes the new root from the current directory and mounts the old root on top of it. So
        // the image needs no directory for the old root, and no path is followed through an image that somebody may be
        // changing.
        do throws(Failure) { try pivotRoot(".", ".") } catch {
            throw Failure(error.action, cause: error.cause, hint: error.errno == .EINVAL ? Self.hint : nil)
        }
        // Mounts below the old root may be peers of the host's: unmounting ours would unmount the host's too. As
        // slaves they send nothing to the host, but still receive from it. As private mounts they would not receive
        // either: if the host unmounted a filesystem before we detached our copy, the copy would keep it busy.
        if oldRootIsShared { try old.mountSetattr(propagation: .slave, recursive: true, "the old root") }
        // The kernel does not promise which of the two roots "." is now, and we must unmount only the old one. It is
        // busy, since other mounts stand on it and we are in it; so it is detached (umount2(2), MNT_DETACH).
        try old.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }
}
