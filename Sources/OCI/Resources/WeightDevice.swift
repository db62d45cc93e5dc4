import Base

/// One entry of `blockIO.weightDevice`.
public struct WeightDevice: Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// The relative weight: 10 to 1000.
    public var weight: UInt16?
    /// The weight against child cgroups; cgroup v1 only.
    public var leafWeight: UInt16?

    /// A weight with the given properties; the others are absent.
    public init(major: Int64, minor: Int64, weight: UInt16? = nil, leafWeight: UInt16? = nil) {
        self.major = major
        self.minor = minor
        self.weight = weight
        self.leafWeight = leafWeight
    }
}

extension WeightDevice: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var major: Int64?
        var minor: Int64?
        var weight: UInt16?
        var leafWeight: UInt16?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "major": major = try json.integer()
            case "minor": minor = try json.integer()
            case "weight": weight = try json.integer()
            case "leafWeight": leafWeight = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            major: json.required(major, "major", of: "a device's weight", at: start),
            minor: json.required(minor, "minor", of: "a device's weight", at: start), weight: weight,
            leafWeight: leafWeight)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("major", major)
            json.member("minor", minor)
            json.member("weight", weight)
            json.member("leafWeight", leafWeight)
        }
    }
}
