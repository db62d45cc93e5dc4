/// `linux.mountExtensions` of the features.
public struct MountExtensions: Equatable, Sendable {
    /// Id-mapped mounts.
    public var idmap: FeatureSwitch?

    /// Mount extensions with the given properties; those not given are absent.
    public init(idmap: FeatureSwitch? = nil) {
        self.idmap = idmap
    }
}

extension MountExtensions: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("idmap", idmap)
        }
    }
}
