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
