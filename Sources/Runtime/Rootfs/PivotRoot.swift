import Base
import Linux

/// Makes the rootfs the root, and lets go of the host's.
struct PivotRoot: Equatable {
    /// Whether mounts of the old root are shared with the host, which must not see it unmounted.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        try enter(session.root)
        try pivotRootHere()
        if oldRootIsShared { try Linux.mount(nil, on: ".", type: nil, flags: [.slave, .recursive], data: nil) }
        // The old root is mounted over the new one at ".": see pivot_root(2).
        try detachMount(".")
        try enter("/")
    }
}
