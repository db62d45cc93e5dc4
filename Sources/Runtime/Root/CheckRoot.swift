import Base
import Linux

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
