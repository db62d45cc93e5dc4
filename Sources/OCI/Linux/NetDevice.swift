import Base

/// One value of `linux.netDevices`.
public struct NetDevice: Equatable, Sendable {
    /// Its name inside the container; absent keeps the host's name.
    public var name: String?

    /// A network device with the given properties; those not given are absent.
    public init(name: String? = nil) {
        self.name = name
    }
}

extension NetDevice: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var name: String?
        try json.object { json, key throws(Failure) in
            switch key {
            case "name": name = try json.string()
            default: try json.skip()
            }
        }
        self.init(name: name)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
        }
    }
}
