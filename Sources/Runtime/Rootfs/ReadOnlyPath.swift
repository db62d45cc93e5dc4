import Base
import Linux

/// An entry of `linux.readonlyPaths`: bound on itself, read-only; nothing where there is no such path.
struct ReadOnlyPath: InsideWork {
    static var word: StaticString { "read-only-path" }

    /// Cleaned, in the container.
    var path: String

    var summary: String { "make \(path) read-only, if it is there" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let target: Descriptor
        do throws(Failure) { target = try open(path, inside: session.root, .path) } catch  where error.isAbsence {
            return
        }
        let tree = try cloneTree(of: target, recursive: true, path)
        try setAttributes(of: tree, set: .readOnly, path)
        try attach(tree, to: target, path)
    }
}

extension Failure {
    /// Whether the path was simply not there.
    var isAbsence: Bool { errno == .ENOENT || errno == .ENOTDIR }
}
