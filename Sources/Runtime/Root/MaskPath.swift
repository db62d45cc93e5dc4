import Base
import Linux

/// An entry of `linux.maskedPaths`: hides a directory below an empty read-only directory, and a file below a null
/// device. If the path does not exist, nothing happens.
///
/// Both covers come from the runtime, not from the container: an image could have put something else at /dev/null
/// (runc CVE-2025-31133).
struct MaskPath: InsideWork {
    static var word: StaticString { "mask" }

    /// Cleaned, in the container.
    var path: String

    var summary: String { "mask \(path), if it is there" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let target = try session.root.openIfThere(path)
        guard target.isOpen else { return }
        if try target.status().kind == .directory {
            try session.emptyDirectory.attach(to: target, path)
        } else {
            try session.null.attach(to: target, path)
        }
    }
}
