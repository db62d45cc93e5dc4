import Base

/// One entry of `mounts` (runtime-spec 1.3, config.md, "Mounts").
public struct Mount: Equatable, Sendable {
    /// Where it is mounted, seen from inside the container.
    public var destination: String
    /// The filesystem's type; a dummy where `options` say `bind` or `rbind`.
    public var type: String?
    /// A device, a directory or a file; relative to the bundle for a bind mount.
    public var source: String?
    /// The words of mount(8), and data for the filesystem.
    public var options: [String]?
    /// User ids of the source, mapped for an id-mapped mount.
    public var uidMappings: [IDMapping]?
    /// Group ids of the source, mapped for an id-mapped mount.
    public var gidMappings: [IDMapping]?

    /// A mount with the given properties; the others are absent.
    public init(
        destination: String, type: String? = nil, source: String? = nil, options: [String]? = nil,
        uidMappings: [IDMapping]? = nil, gidMappings: [IDMapping]? = nil
    ) {
        self.destination = destination
        self.type = type
        self.source = source
        self.options = options
        self.uidMappings = uidMappings
        self.gidMappings = gidMappings
    }
}

extension Mount: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var destination: String?
        var type: String?
        var source: String?
        var options: [String]?
        var uidMappings: [IDMapping]?
        var gidMappings: [IDMapping]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "destination": destination = try json.string()
            case "type": type = try json.string()
            case "source": source = try json.string()
            case "options": options = try json.strings()
            case "uidMappings": uidMappings = try json.array(of: IDMapping.self)
            case "gidMappings": gidMappings = try json.array(of: IDMapping.self)
            default: try json.skip()
            }
        }
        try self.init(
            destination: json.required(destination, "destination", of: "a mount", at: start), type: type,
            source: source, options: options, uidMappings: uidMappings,
            gidMappings: gidMappings)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("destination", destination)
            json.member("type", type)
            json.member("source", source)
            json.member("options", options)
            json.member("uidMappings", uidMappings)
            json.member("gidMappings", gidMappings)
        }
    }
}
