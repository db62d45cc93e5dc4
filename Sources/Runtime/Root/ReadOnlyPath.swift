import Base
import Linux

/// An entry of `linux.readonlyPaths`: binds the path on itself, read-only. The bind is needed because read-only is a
/// flag of a mount, and the path is usually not a mount yet. If the path does not exist, nothing happens.
struct ReadOnlyPath: InsideWork {
    static var word: StaticString { "read-only-path" }

    /// Cleaned, in the container.
    var path: String

    var summary: String { "make \(path) read-only, if it is there" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let target = try session.root.openIfThere(path)
        guard target.isOpen else { return }
        let tree = try target.openTree(recursive: true, path)
        try tree.mountSetattr(set: .readOnly, path)
        try tree.moveMount(to: target, path)
    }
}

extension Descriptor {
    /// Opens a path of the container, which need not be there: then ``none``.
    borrowing func openIfThere(_ path: String) throws(Failure) -> Descriptor {
        do throws(Failure) { return try openat2(path, .path) } catch  where error.isAbsence { return .none }
    }
}

extension Failure {
    /// Whether the failure is only that the path does not exist.
    var isAbsence: Bool { errno == .ENOENT || errno == .ENOTDIR }
}
