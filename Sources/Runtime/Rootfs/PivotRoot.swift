import Base
import Linux

/// Makes the rootfs the root, and lets go of the host's.
struct PivotRoot: Equatable {
    private static let hint =
        "/ must be a mount, and the one that it lies in must not be shared, as it often is around a chroot: "
        + "make that private, or give --no-pivot"

    /// Whether mounts of the old root may be peers of the host's, where they must not be unmounted.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try session.root.fchdir()
        do throws(Failure) { try pivotRoot(".", ".") } catch {
            throw Failure(error.action, cause: error.cause, hint: error.errno == .EINVAL ? Self.hint : nil)
        }
        // The old root alone, never the container's mounts. Not private, which would keep mounts of the host busy here.
        if oldRootIsShared { try old.mountSetattr(propagation: .slave, recursive: true, "the old root") }
        try old.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }
}
