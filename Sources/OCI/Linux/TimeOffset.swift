import Base

/// One value of `linux.timeOffsets` (time_namespaces(7)).
public struct TimeOffset: Equatable, Sendable {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds.
    public var nanosecs: UInt32?

    /// An offset with the given properties; those not given are absent.
    public init(secs: Int64? = nil, nanosecs: UInt32? = nil) {
        self.secs = secs
        self.nanosecs = nanosecs
    }
}

extension TimeOffset: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var secs: Int64?
        var nanosecs: UInt32?
        try json.object { json, key throws(Failure) in
            switch key {
            case "secs": secs = try json.integer()
            case "nanosecs": nanosecs = try json.integer()
            default: try json.skip()
            }
        }
        self.init(secs: secs, nanosecs: nanosecs)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("secs", secs)
            json.member("nanosecs", nanosecs)
        }
    }
}
