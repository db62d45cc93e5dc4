/// One value of `linux.resources.rdma`.
public struct RdmaResources: Equatable, Sendable {
    /// How many handles.
    public var hcaHandles: UInt32?
    /// How many objects.
    public var hcaObjects: UInt32?

    /// RDMA limits with the given properties; those not given are absent.
    public init(hcaHandles: UInt32? = nil, hcaObjects: UInt32? = nil) {
        self.hcaHandles = hcaHandles
        self.hcaObjects = hcaObjects
    }
}
