import Base

/// One entry of `linux.namespaces` (runtime-spec 1.3, config-linux.md, "Namespaces").
public struct Namespace: Equatable, Sendable {
    /// Which namespace.
    public var type: Kind
    /// A namespace file to join; absent makes a new one.
    public var path: String?

    /// A namespace with the given properties; the others are absent.
    public init(type: Kind, path: String? = nil) {
        self.type = type
        self.path = path
    }

    /// The eight kinds of namespace.
    public enum Kind: String, SpecWord {
        case pid, network, mount, ipc, uts, user, cgroup, time

        /// What an error calls it.
        public static var noun: StaticString { "namespace type" }
    }
}

extension Namespace: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var type: Kind?
        var path: String?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "type": type = try json.word()
            case "path": path = try json.string()
            default: try json.skip()
            }
        }
        try self.init(type: json.required(type, "type", of: "a namespace", at: start), path: path)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("type", type)
            json.member("path", path)
        }
    }
}
