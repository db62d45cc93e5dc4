import Base
import Linux

/// Opens the rootfs as the container's root where there is no mount namespace, so that nothing may be mounted.
struct OpenRoot: InsideWork {
    static var word: StaticString { "open-root" }

    /// Absolute, on the host.
    var path: String

    var summary: String { "open the rootfs \(path)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.root = try open(path, [.path, .directory, .noFollow])
    }
}

/// chroot(2) into the rootfs, for a container that shares the mount namespace of the runtime. Unlike pivot_root(2) it leaves the
/// host's root in reach of a process with CAP_SYS_CHROOT.
struct ChangeRoot: InsideWork {
    static var word: StaticString { "change-root" }

    var summary: String { "chroot into the rootfs" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.root.fchdir()
        try chroot(".")
    }
}

/// Looks at the rootfs before anything is made for the container.
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
