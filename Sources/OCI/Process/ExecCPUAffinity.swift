import Base

/// `process.execCPUAffinity`: lists of processors such as `0-3,7`, for `exec` only.
public struct ExecCPUAffinity: Equatable, Sendable {
    /// Before the process enters the container's cgroup.
    public var initial: String?
    /// After it; absent or empty leaves what the kernel decided.
    public var final: String?

    /// An affinity with the given properties; those not given are absent.
    public init(initial: String? = nil, final: String? = nil) {
        self.initial = initial
        self.final = final
    }
}

extension ExecCPUAffinity: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var initial: String?
        var final: String?
        try json.object { json, key throws(Failure) in
            switch key {
            case "initial": initial = try json.string()
            case "final": final = try json.string()
            default: try json.skip()
            }
        }
        self.init(initial: initial, final: final)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("initial", initial)
            json.member("final", final)
        }
    }
}
