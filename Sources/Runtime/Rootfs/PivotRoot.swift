import Base
import Linux

/// Makes the rootfs the root, and lets go of the host's.
struct PivotRoot: Equatable {
    /// Whether mounts of the old root may be peers of the host's, where they must not be unmounted.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try enter(session.root)
        try pivotRootHere()
        // The old root alone, never the container's mounts. Not private, which would keep mounts of the host busy here.
        if oldRootIsShared { try setAttributes(of: old, propagation: .slave, recursive: true, "the old root") }
        try enter(old)
        try detachMount(".")
        try enter("/")
    }
}
