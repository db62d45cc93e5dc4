/// `linux.intelRdt` of the features.
public struct IntelRdtFeatures: Equatable, Sendable {
    /// Whether it is there.
    public var enabled: Bool?
    /// Whether `schemata` is done.
    public var schemata: Bool?
    /// Whether `enableMonitoring` is done.
    public var monitoring: Bool?

    /// resctrl features with the given properties; those not given are absent.
    public init(enabled: Bool? = nil, schemata: Bool? = nil, monitoring: Bool? = nil) {
        self.enabled = enabled
        self.schemata = schemata
        self.monitoring = monitoring
    }
}

extension IntelRdtFeatures: JSONWritable {
    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("enabled", enabled)
            json.member("schemata", schemata)
            json.member("monitoring", monitoring)
        }
    }
}
