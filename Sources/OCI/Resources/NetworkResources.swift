import Base

/// `linux.resources.network`: controllers that only cgroup v1 has.
public struct NetworkResources: JSONObject {
    /// The class id that tags outgoing packets (net_cls).
    public var classID: UInt32?
    /// The priority of traffic on each interface (net_prio).
    public var priorities: [InterfacePriority]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("classID", &classID)
        try m.optional("priorities", &priorities)
    }
}

/// One entry of `linux.resources.network.priorities`.
public struct InterfacePriority: JSONObject {
    /// The interface's name.
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
    /// The highest number of HCA handles.
    public var hcaHandles: UInt32?
    /// The highest number of HCA objects.
    public var hcaObjects: UInt32?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("hcaHandles", &hcaHandles)
        try m.optional("hcaObjects", &hcaObjects)
    }
}
