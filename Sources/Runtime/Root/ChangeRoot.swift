import Base
import Linux

/// Enters the rootfs with chroot(2), for a container that shares the runtime's mount namespace. pivot_root(2) would be
/// safer, but it would change the root of the host too. After a chroot a process with CAP_SYS_CHROOT can still reach
/// the host's root (chroot(2)).
struct ChangeRoot: InsideWork {
    static var word: StaticString { "change-root" }

    var summary: String { "chroot into the rootfs" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.root.fchdir()
        try chroot(".")
    }
}
