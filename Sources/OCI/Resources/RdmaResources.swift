import Base

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

extension RdmaResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var hcaHandles: UInt32?
        var hcaObjects: UInt32?
        try json.object { json, key throws(Failure) in
            switch key {
            case "hcaHandles": hcaHandles = try json.integer()
            case "hcaObjects": hcaObjects = try json.integer()
            default: try json.skip()
            }
        }
        self.init(hcaHandles: hcaHandles, hcaObjects: hcaObjects)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("hcaHandles", hcaHandles)
            json.member("hcaObjects", hcaObjects)
        }
    }
}
