import Base
import Linux

/// `root.readonly`: the root mount alone, not what is mounted below it.
struct ReadOnlyRoot: Equatable {
    var summary: String { "make the root read-only" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        try setAttributes(of: session.root, set: .readOnly, "/")
    }
}

/// A tmpfs, or /dev, that config.json wants read-only, once everything in it has been made.
struct SealMount: Equatable {
    var target: String

    var summary: String { "make \(target) read-only" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let mount = try open(target, inside: session.root, [.path, .directory])
        guard try mount.status().isMountRoot else { throw Failure("make \(target) read-only: it is no mount any more") }
        try setAttributes(of: mount, set: .readOnly, target)
    }
}
