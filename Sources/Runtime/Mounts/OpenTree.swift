import Base
import Linux

/// Opens, while the host still is the host, what init could not reach from its user namespace (open_tree(2)).
struct OpenTree: Equatable {
    /// Absolute, on the host.
    var path: String
    var isRecursive: Bool
    /// Where in the descriptor table it goes.
    var entry: Int

    var summary: String { "open \(path) for init" }

    func perform(_ session: inout HostSession) throws(Failure) {
        let tree = try cloneTree(path, recursive: isRecursive)
        // Else what is mounted below it in the container would show on the host.
        try setAttributes(of: tree, propagation: .slave, recursive: true, path)
        session.descriptors.put(tree, at: entry)
    }
}
