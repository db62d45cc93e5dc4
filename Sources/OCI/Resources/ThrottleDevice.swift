import Base

/// One entry of the four throttle lists of `blockIO`.
public struct ThrottleDevice: Equatable, Sendable {
    /// The major number.
    public var major: Int64
    /// The minor number.
    public var minor: Int64
    /// Bytes or operations per second.
    public var rate: UInt64

    /// A rate with all its properties.
    public init(major: Int64, minor: Int64, rate: UInt64) {
        self.major = major
        self.minor = minor
        self.rate = rate
    }
}

extension ThrottleDevice: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var major: Int64?
        var minor: Int64?
        var rate: UInt64?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "major": major = try json.integer()
            case "minor": minor = try json.integer()
            case "rate": rate = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            major: json.required(major, "major", of: "a device's rate", at: start),
            minor: json.required(minor, "minor", of: "a device's rate", at: start),
            rate: json.required(rate, "rate", of: "a device's rate", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("major", major)
            json.member("minor", minor)
            json.member("rate", rate)
        }
    }
}
