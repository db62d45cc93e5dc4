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

/// Makes a tmpfs, /dev, or the root (`root.readonly`) read-only, after everything in it has been made. Mounts below it
/// stay as they are.
struct MakeReadOnly: InsideWork {
    static var word: StaticString { "make-read-only" }

    /// Absolute, in the container; nil for the root.
    var target: String?

    var summary: String { "make \(target ?? "the root") read-only" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        guard let target else { return try session.root.mountSetattr(set: .readOnly, "/") }
        let mount = try session.root.openat2(target, [.path, .directory])
        guard try mount.status().isMountRoot else { throw Failure("make \(target) read-only: it is no mount any more") }
        try mount.mountSetattr(set: .readOnly, target)
    }
}
