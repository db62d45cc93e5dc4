/// One entry of `linux.resources.network.priorities`.
public struct InterfacePriority: Equatable, Sendable {
    /// The interface.
    public var name: String
    /// Its priority.
    public var priority: UInt32

    /// A priority with all its properties.
    public init(name: String, priority: UInt32) {
        self.name = name
        self.priority = priority
    }
}
