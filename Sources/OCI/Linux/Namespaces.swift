import Base

/// One entry of `linux.namespaces` (runtime-spec 1.3, config-linux.md, "Namespaces").
public struct Namespace: JSONObject {
    /// The kind of namespace.
    public var type = Kind.pid
    /// The namespace file to join; if absent, a new namespace is made.
    public var path: String?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a namespace" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("type", &type)
        try m.optional("path", &path)
    }

    /// The eight kinds of namespace.
    public enum Kind: String, SpecWord {
        case pid, network, mount, ipc, uts, user, cgroup, time

        /// Its name in error messages.
        public static var noun: StaticString { "namespace type" }
    }
}

/// One range in the map of a user namespace (user_namespaces(7)) or of an id-mapped mount.
public struct IDMapping: JSONObject {
    /// The first id inside the namespace.
    public var containerID: UInt32 = 0
    /// The first id outside it.
    public var hostID: UInt32 = 0
    /// The number of ids.
    public var size: UInt32 = 0

    public static var empty: Self { Self() }
    public static var noun: StaticString { "an id mapping" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("containerID", &containerID)
        try m.required("hostID", &hostID)
        try m.required("size", &size)
    }
}

/// One value of `linux.timeOffsets` (time_namespaces(7)).
public struct TimeOffset: JSONObject {
    /// Seconds.
    public var secs: Int64?
    /// Nanoseconds.
    public var nanosecs: UInt32?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("secs", &secs)
        try m.optional("nanosecs", &nanosecs)
    }
}
