import Base
import Linux

/// Makes the rootfs the root of the container's mount namespace, and lets go of the host's (pivot_root(2)).
struct PivotRoot: InsideWork {
    static var word: StaticString { "pivot" }

    private static let hint =
        "/ must be a mount, and the one that it lies in must not be shared, as it often is around a chroot: "
        + "make that private, or give --no-pivot"

    /// Whether mounts of the old root may be peers of the host's, where they must not be unmounted.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try session.root.fchdir()
        // "." twice: the kernel takes the new root from the current directory and mounts the old root on top of it. So the image
        // needs no directory for the old root, and no path is followed through an image that somebody may be changing.
        do throws(Failure) { try pivotRoot(".", ".") } catch {
            throw Failure(error.action, cause: error.cause, hint: error.errno == .EINVAL ? Self.hint : nil)
        }
        // Mounts below the old root may be peers of the host's: unmounting ours would unmount the host's too. As slaves they
        // tell the host nothing, but still hear from it. As private mounts they would not hear either: if the host unmounts a
        // filesystem before we have let go of our copy, the copy keeps it busy.
        if oldRootIsShared { try old.mountSetattr(propagation: .slave, recursive: true, "the old root") }
        // The kernel does not promise which of the two roots "." is by now; only the old one may be unmounted.
        try old.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }
}
