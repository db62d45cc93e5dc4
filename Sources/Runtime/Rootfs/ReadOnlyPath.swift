import Base
import Linux

/// An entry of `linux.readonlyPaths`: bound on itself, read-only; nothing where there is no such path.
struct ReadOnlyPath: Equatable {
    /// Cleaned, in the container.
    var path: String

    var summary: String { "make \(path) read-only, if it is there" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target: Descriptor
        do throws(Failure) { target = try session.root.openat2(path, .path) } catch  where error.isAbsence {
            return
        }
        let tree = try target.openTree(recursive: true, path)
        try tree.mountSetattr(set: .readOnly, path)
        try tree.moveMount(to: target, path)
    }
}

extension Failure {
    /// Whether the path was simply not there.
    var isAbsence: Bool { errno == .ENOENT || errno == .ENOTDIR }
}
