import Base

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

extension BlockIOResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var weight: UInt16?
        var leafWeight: UInt16?
        var weightDevice: [WeightDevice]?
        var throttleReadBpsDevice: [ThrottleDevice]?
        var throttleWriteBpsDevice: [ThrottleDevice]?
        var throttleReadIOPSDevice: [ThrottleDevice]?
        var throttleWriteIOPSDevice: [ThrottleDevice]?
        try json.object { json, key throws(Failure) in
            switch key {
            case "weight": weight = try json.integer()
            case "leafWeight": leafWeight = try json.integer()
            case "weightDevice": weightDevice = try json.array(of: WeightDevice.self)
            case "throttleReadBpsDevice": throttleReadBpsDevice = try json.array(of: ThrottleDevice.self)
            case "throttleWriteBpsDevice": throttleWriteBpsDevice = try json.array(of: ThrottleDevice.self)
            case "throttleReadIOPSDevice": throttleReadIOPSDevice = try json.array(of: ThrottleDevice.self)
            case "throttleWriteIOPSDevice": throttleWriteIOPSDevice = try json.array(of: ThrottleDevice.self)
            default: try json.skip()
            }
        }
        self.init(
            weight: weight, leafWeight: leafWeight, weightDevice: weightDevice,
            throttleReadBpsDevice: throttleReadBpsDevice, throttleWriteBpsDevice: throttleWriteBpsDevice,
            throttleReadIOPSDevice: throttleReadIOPSDevice, throttleWriteIOPSDevice: throttleWriteIOPSDevice)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("weight", weight)
            json.member("leafWeight", leafWeight)
            json.member("weightDevice", weightDevice)
            json.member("throttleReadBpsDevice", throttleReadBpsDevice)
            json.member("throttleWriteBpsDevice", throttleWriteBpsDevice)
            json.member("throttleReadIOPSDevice", throttleReadIOPSDevice)
            json.member("throttleWriteIOPSDevice", throttleWriteIOPSDevice)
        }
    }
}
