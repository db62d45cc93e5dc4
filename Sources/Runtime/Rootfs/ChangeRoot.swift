import Base
import Linux

/// Opens the rootfs as the container's root where there is no mount namespace, so that nothing may be mounted.
struct OpenRoot: Equatable {
    /// Absolute, on the host.
    var path: String

    var summary: String { "open the rootfs \(path)" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        session.root = try open(path, [.path, .directory, .noFollow])
    }
}

/// chroot(2) into the rootfs, for a container that shares the mount namespace of the runtime. Unlike pivot_root(2) it leaves the
/// host's root in reach of a process with CAP_SYS_CHROOT.
struct ChangeRoot: Equatable {
    var summary: String { "chroot into the rootfs" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        try session.root.fchdir()
        try chroot(".")
    }
}
