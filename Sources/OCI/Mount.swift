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
