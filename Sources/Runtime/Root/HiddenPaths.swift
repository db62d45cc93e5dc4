import Base
import Linux

/// An entry of `linux.readonlyPaths`: bound on itself, read-only; nothing where there is no such path.
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
    fileprivate borrowing func openIfThere(_ path: String) throws(Failure) -> Descriptor {
        do throws(Failure) { return try openat2(path, .path) } catch  where error.isAbsence { return .none }
    }
}

extension Failure {
    /// Whether the path was simply not there.
    var isAbsence: Bool { errno == .ENOENT || errno == .ENOTDIR }
}

/// An entry of `linux.maskedPaths`: hidden below an empty read-only directory, or below a null device; nothing where there is no
/// such path.
///
/// Both are the runtime's own and not the container's. What an image has at /dev/null has no part in it (runc CVE-2025-31133).
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

/// A step: a tmpfs, /dev, or the root (`root.readonly`), which config.json wants read-only, once everything in it has been made.
/// What is mounted below stays as it is.
struct SealMount: InsideWork {
    static var word: StaticString { "seal-mount" }

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
