import Base

/// One entry of `linux.resources.network.priorities`.
public struct InterfacePriority: Equatable, Sendable {
    /// The interface.
    public var name: String
    /// Its priority.
    public var priority: UInt32

    /// A priority with all its properties.
    public init(name: String, priority: UInt32) {
        self.name = name
        self.priority = priority
    }
}

extension InterfacePriority: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var name: String?
        var priority: UInt32?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "name": name = try json.string()
            case "priority": priority = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            name: json.required(name, "name", of: "an interface's priority", at: start),
            priority: json.required(priority, "priority", of: "an interface's priority", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("name", name)
            json.member("priority", priority)
        }
    }
}
