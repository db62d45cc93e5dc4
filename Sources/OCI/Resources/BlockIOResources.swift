/// `linux.resources.blockIO`.
public struct BlockIOResources: Equatable, Sendable {
    /// The relative weight: 10 to 1000.
    public var weight: UInt16?
    /// The weight against child cgroups; cgroup v1 only.
    public var leafWeight: UInt16?
    /// Weights by device.
    public var weightDevice: [WeightDevice]?
    /// Bytes read per second, by device.
    public var throttleReadBpsDevice: [ThrottleDevice]?
    /// Bytes written per second, by device.
    public var throttleWriteBpsDevice: [ThrottleDevice]?
    /// Reads per second, by device.
    public var throttleReadIOPSDevice: [ThrottleDevice]?
    /// Writes per second, by device.
    public var throttleWriteIOPSDevice: [ThrottleDevice]?

    /// Block device limits with the given properties; those not given are absent.
    public init(
        weight: UInt16? = nil, leafWeight: UInt16? = nil, weightDevice: [WeightDevice]? = nil,
        throttleReadBpsDevice: [ThrottleDevice]? = nil, throttleWriteBpsDevice: [ThrottleDevice]? = nil,
        throttleReadIOPSDevice: [ThrottleDevice]? = nil, throttleWriteIOPSDevice: [ThrottleDevice]? = nil
    ) {
        self.weight = weight
        self.leafWeight = leafWeight
        self.weightDevice = weightDevice
        self.throttleReadBpsDevice = throttleReadBpsDevice
        self.throttleWriteBpsDevice = throttleWriteBpsDevice
        self.throttleReadIOPSDevice = throttleReadIOPSDevice
        self.throttleWriteIOPSDevice = throttleWriteIOPSDevice
    }
}
