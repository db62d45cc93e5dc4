import Base
import Linux

/// An entry of `linux.maskedPaths`: hidden below an empty read-only directory, or below a null device; nothing where there is no
/// such path.
///
/// Both are the runtime's own and not the container's. What an image has at /dev/null has no part in it (runc CVE-2025-31133).
struct MaskPath: Equatable {
    /// Cleaned, in the container.
    var path: String

    var summary: String { "mask \(path), if it is there" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let target: Descriptor
        do throws(Failure) { target = try session.root.openat2(path, .path) } catch  where error.isAbsence {
            return
        }
        if try target.status().kind == .directory {
            try session.emptyDirectory.attach(to: target, path)
        } else {
            try session.null.attach(to: target, path)
        }
    }
}
