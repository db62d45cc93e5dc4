/// `linux.resources.network`: controllers that only cgroup v1 has.
public struct NetworkResources: Equatable, Sendable {
    /// The tag of outgoing packets.
    public var classID: UInt32?
    /// Priorities by interface.
    public var priorities: [InterfacePriority]?

    /// Network settings with the given properties; those not given are absent.
    public init(classID: UInt32? = nil, priorities: [InterfacePriority]? = nil) {
        self.classID = classID
        self.priorities = priorities
    }
}
