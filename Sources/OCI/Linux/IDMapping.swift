import Base

/// One range of a user namespace's map (user_namespaces(7)), or of an id-mapped mount's.
public struct IDMapping: Equatable, Sendable {
    /// The first id inside.
    public var containerID: UInt32
    /// The first id outside.
    public var hostID: UInt32
    /// How many ids.
    public var size: UInt32

    /// A range with all its properties.
    public init(containerID: UInt32, hostID: UInt32, size: UInt32) {
        self.containerID = containerID
        self.hostID = hostID
        self.size = size
    }
}

extension IDMapping: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var containerID: UInt32?
        var hostID: UInt32?
        var size: UInt32?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "containerID": containerID = try json.integer()
            case "hostID": hostID = try json.integer()
            case "size": size = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            containerID: json.required(containerID, "containerID", of: "an id mapping", at: start),
            hostID: json.required(hostID, "hostID", of: "an id mapping", at: start),
            size: json.required(size, "size", of: "an id mapping", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("containerID", containerID)
            json.member("hostID", hostID)
            json.member("size", size)
        }
    }
}
