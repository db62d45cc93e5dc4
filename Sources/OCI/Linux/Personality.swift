import Base

/// `linux.personality`, for personality(2).
public struct Personality: Equatable, Sendable {
    /// The execution domain.
    public var domain: Domain
    /// The spec defines none yet.
    public var flags: [String]?

    /// A personality with the given properties; the others are absent.
    public init(domain: Domain, flags: [String]? = nil) {
        self.domain = domain
        self.flags = flags
    }

    /// The execution domains of the spec.
    public enum Domain: String, SpecWord {
        case linux = "LINUX"
        case linux32 = "LINUX32"

        /// What an error calls it.
        public static var noun: StaticString { "execution domain" }
    }
}

extension Personality: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var domain: Domain?
        var flags: [String]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "domain": domain = try json.word()
            case "flags": flags = try json.strings()
            default: try json.skip()
            }
        }
        try self.init(domain: json.required(domain, "domain", of: "a personality", at: start), flags: flags)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("domain", domain)
            json.member("flags", flags)
        }
    }
}
