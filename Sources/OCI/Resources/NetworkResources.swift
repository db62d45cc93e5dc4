import Base

/// `linux.resources.network`: controllers that only cgroup v1 has.
public struct NetworkResources: JSONObject {
    /// The tag of outgoing packets.
    public var classID: UInt32?
    /// Priorities by interface.
    public var priorities: [InterfacePriority]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("classID", &classID)
        try m.optional("priorities", &priorities)
    }
}

/// One entry of `linux.resources.network.priorities`.
public struct InterfacePriority: JSONObject {
    /// The interface.
    public var name = ""
    /// Its priority.
    public var priority: UInt32 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "an interface's priority" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("name", &name)
        try m.required("priority", &priority)
    }
}

/// One value of `linux.resources.rdma`.
public struct RdmaResources: JSONObject {
    /// How many handles.
    public var hcaHandles: UInt32?
    /// How many objects.
    public var hcaObjects: UInt32?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("hcaHandles", &hcaHandles)
        try m.optional("hcaObjects", &hcaObjects)
    }
}
