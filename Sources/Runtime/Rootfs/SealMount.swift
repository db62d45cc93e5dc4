import Base
import Linux

/// A step: a tmpfs, /dev, or the root (`root.readonly`), which config.json wants read-only, once everything in it has been made.
/// What is mounted below stays as it is.
struct SealMount: Equatable {
    /// Absolute, in the container; nil for the root.
    var target: String?

    var summary: String { "make \(target ?? "the root") read-only" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        guard let target else { return try session.root.mountSetattr(set: .readOnly, "/") }
        let mount = try session.root.openat2(target, [.path, .directory])
        guard try mount.status().isMountRoot else { throw Failure("make \(target) read-only: it is no mount any more") }
        try mount.mountSetattr(set: .readOnly, target)
    }
}
