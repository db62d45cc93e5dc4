import Base

/// `linux.resources.blockIO`.
public struct BlockIOResources: JSONObject {
    /// The relative weight: 10 to 1000.
    public var weight: UInt16?
    /// The weight in competition with child cgroups; cgroup v1 only.
    public var leafWeight: UInt16?
    /// The weights of single devices.
    public var weightDevice: [WeightDevice]?
    /// Bytes read per second, by device.
    public var throttleReadBpsDevice: [ThrottleDevice]?
    /// Bytes written per second, by device.
    public var throttleWriteBpsDevice: [ThrottleDevice]?
    /// Reads per second, by device.
    public var throttleReadIOPSDevice: [ThrottleDevice]?
    /// Writes per second, by device.
    public var throttleWriteIOPSDevice: [ThrottleDevice]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("weight", &weight)
        try m.optional("leafWeight", &leafWeight)
        try m.optional("weightDevice", &weightDevice)
        try m.optional("throttleReadBpsDevice", &throttleReadBpsDevice)
        try m.optional("throttleWriteBpsDevice", &throttleWriteBpsDevice)
        try m.optional("throttleReadIOPSDevice", &throttleReadIOPSDevice)
        try m.optional("throttleWriteIOPSDevice", &throttleWriteIOPSDevice)
    }
}

/// One entry of `blockIO.weightDevice`.
public struct WeightDevice: JSONObject {
    /// The major number.
    public var major: Int64 = 0
    /// The minor number.
    public var minor: Int64 = 0
    /// The relative weight: 10 to 1000.
    public var weight: UInt16?
    /// The weight in competition with child cgroups; cgroup v1 only.
    public var leafWeight: UInt16?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a device's weight" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("major", &major)
        try m.required("minor", &minor)
        try m.optional("weight", &weight)
        try m.optional("leafWeight", &leafWeight)
    }
}

/// One entry of a throttle list of `blockIO`.
public struct ThrottleDevice: JSONObject {
    /// The major number.
    public var major: Int64 = 0
    /// The minor number.
    public var minor: Int64 = 0
    /// Bytes or operations per second.
    public var rate: UInt64 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a device's rate" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("major", &major)
        try m.required("minor", &minor)
        try m.required("rate", &rate)
    }
}
