import Base

/// `process.capabilities`: the words of capabilities(7), such as `CAP_CHOWN`, set by set.
public struct CapabilitySets: Equatable, Sendable {
    /// What can ever be gained.
    public var bounding: [String]?
    /// What the kernel checks.
    public var effective: [String]?
    /// What an execve of a file with such a set keeps.
    public var inheritable: [String]?
    /// What may be made effective.
    public var permitted: [String]?
    /// What an execve of any file keeps; must be permitted and inheritable too.
    public var ambient: [String]?

    /// Capability sets with the given properties; those not given are absent.
    public init(
        bounding: [String]? = nil, effective: [String]? = nil, inheritable: [String]? = nil,
        permitted: [String]? = nil, ambient: [String]? = nil
    ) {
        self.bounding = bounding
        self.effective = effective
        self.inheritable = inheritable
        self.permitted = permitted
        self.ambient = ambient
    }
}

extension CapabilitySets: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var bounding: [String]?
        var effective: [String]?
        var inheritable: [String]?
        var permitted: [String]?
        var ambient: [String]?
        try json.object { json, key throws(Failure) in
            switch key {
            case "bounding": bounding = try json.strings()
            case "effective": effective = try json.strings()
            case "inheritable": inheritable = try json.strings()
            case "permitted": permitted = try json.strings()
            case "ambient": ambient = try json.strings()
            default: try json.skip()
            }
        }
        self.init(
            bounding: bounding, effective: effective, inheritable: inheritable, permitted: permitted, ambient: ambient)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("bounding", bounding)
            json.member("effective", effective)
            json.member("inheritable", inheritable)
            json.member("permitted", permitted)
            json.member("ambient", ambient)
        }
    }
}
