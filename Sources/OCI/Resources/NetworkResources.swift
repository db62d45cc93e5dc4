import Base

/// `linux.resources.network`: controllers that only cgroup v1 has.
public struct NetworkResources: Equatable, Sendable {
    /// The tag of outgoing packets.
    public var classID: UInt32?
    /// Priorities by interface.
    public var priorities: [InterfacePriority]?

    /// Network settings with the given properties; those not given are absent.
    public init(classID: UInt32? = nil, priorities: [InterfacePriority]? = nil) {
        self.classID = classID
        self.priorities = priorities
    }
}

extension NetworkResources: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var classID: UInt32?
        var priorities: [InterfacePriority]?
        try json.object { json, key throws(Failure) in
            switch key {
            case "classID": classID = try json.integer()
            case "priorities": priorities = try json.array(of: InterfacePriority.self)
            default: try json.skip()
            }
        }
        self.init(classID: classID, priorities: priorities)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("classID", classID)
            json.member("priorities", priorities)
        }
    }
}
