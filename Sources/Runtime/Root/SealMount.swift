import Base
import Linux

/// Makes a tmpfs, /dev, or the root (`root.readonly`) read-only, after everything in it has been made. Mounts below it
/// stay as they are.
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
