/// One range of a user namespace's map (user_namespaces(7)), or of an id-mapped mount's.
public struct IDMapping: Equatable, Sendable {
    /// The first id inside.
    public var containerID: UInt32
    /// The first id outside.
    public var hostID: UInt32
    /// How many ids.
    public var size: UInt32

    /// A range with all its properties.
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}
