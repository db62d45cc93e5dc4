import OCI

/// Names what one step opens for a later one. The descriptor itself is in a table of the side that walks.
enum Slot: Hashable {
    /// The tree of the rootfs. The host opens it for a container in a user namespace.
    case rootfs
    /// A namespace that config.json gives by path.
    case joined(Namespace.Kind)
    /// The host's own namespace, to which it returns after the clone.
    case own(Namespace.Kind)
    /// What the host opened for an entry of `mounts`: the source of a bind mount, or the context of a procfs.
    case mount(Int)
    /// The same, for the folder of the notify socket.
    case notifyFolder
    /// The tmpfs with the device nodes that the host made.
    case nodes
    /// A mount of one of those nodes.
    case node(Int)
}
