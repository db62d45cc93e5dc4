import Base
import Linux

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
