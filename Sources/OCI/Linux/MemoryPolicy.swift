import Base

/// `linux.memoryPolicy`, for set_mempolicy(2).
public struct MemoryPolicy: Equatable, Sendable {
    /// The policy.
    public var mode: Mode
    /// A list of nodes such as `0-3,7`.
    public var nodes: String?
    /// Flags of the mode.
    public var flags: [Flag]?

    /// A memory policy with the given properties; the others are absent.
    public init(mode: Mode, nodes: String? = nil, flags: [Flag]? = nil) {
        self.mode = mode
        self.nodes = nodes
        self.flags = flags
    }

    /// The modes of set_mempolicy(2).
    public enum Mode: String, SpecWord {
        case standard = "MPOL_DEFAULT"
        case bind = "MPOL_BIND"
        case interleave = "MPOL_INTERLEAVE"
        case weightedInterleave = "MPOL_WEIGHTED_INTERLEAVE"
        case preferred = "MPOL_PREFERRED"
        case preferredMany = "MPOL_PREFERRED_MANY"
        case local = "MPOL_LOCAL"

        /// What an error calls it.
        public static var noun: StaticString { "memory policy" }
    }

    /// The flags of a mode.
    public enum Flag: String, SpecWord {
        case numaBalancing = "MPOL_F_NUMA_BALANCING"
        case relativeNodes = "MPOL_F_RELATIVE_NODES"
        case staticNodes = "MPOL_F_STATIC_NODES"

        /// What an error calls it.
        public static var noun: StaticString { "memory policy flag" }
    }
}

extension MemoryPolicy: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var mode: Mode?
        var nodes: String?
        var flags: [Flag]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "mode": mode = try json.word()
            case "nodes": nodes = try json.string()
            case "flags": flags = try json.words()
            default: try json.skip()
            }
        }
        try self.init(mode: json.required(mode, "mode", of: "a memory policy", at: start), nodes: nodes, flags: flags)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("mode", mode)
            json.member("nodes", nodes)
            json.member("flags", flags)
        }
    }
}
