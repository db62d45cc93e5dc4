/// What a runtime says it can do (runtime-spec 1.3, features.md); printed by `features`.
public struct Features: Equatable, Sendable {
    /// The lowest `ociVersion` it accepts.
    public var ociVersionMin: String
    /// The highest `ociVersion` it accepts.
    public var ociVersionMax: String
    /// The kinds of hooks.
    public var hooks: [String]?
    /// The mount options it knows, but for those of filesystems.
    public var mountOptions: [String]?
    /// What only Linux has.
    public var linux: LinuxFeatures?
    /// Free words about the runtime.
    public var annotations: Annotations?
    /// Annotations of config.json that change what it does; one that ends with `.` is a prefix.
    public var potentiallyUnsafeConfigAnnotations: [String]?

    /// Features with the given properties; the others are absent.
    public init(
        ociVersionMin: String, ociVersionMax: String, hooks: [String]? = nil, mountOptions: [String]? = nil,
        linux: LinuxFeatures? = nil, annotations: Annotations? = nil,
        potentiallyUnsafeConfigAnnotations: [String]? = nil
    ) {
        self.ociVersionMin = ociVersionMin
        self.ociVersionMax = ociVersionMax
        self.hooks = hooks
        self.mountOptions = mountOptions
        self.linux = linux
        self.annotations = annotations
        self.potentiallyUnsafeConfigAnnotations = potentiallyUnsafeConfigAnnotations
    }
}

extension Features: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("ociVersionMin", ociVersionMin)
            json.member("ociVersionMax", ociVersionMax)
            json.member("hooks", hooks)
            json.member("mountOptions", mountOptions)
            json.member("linux", linux)
            json.member("annotations", annotations)
            json.member("potentiallyUnsafeConfigAnnotations", potentiallyUnsafeConfigAnnotations)
        }
    }
}
