/// `root` (runtime-spec 1.3, config.md, "Root").
public struct Root: Equatable, Sendable {
    /// The root filesystem's directory: absolute, or relative to the bundle.
    public var path: String
    /// Whether the container sees it read-only.
    public var readonly: Bool?

    /// A root with the given properties; the others are absent.
    public init(path: String, readonly: Bool? = nil) {
        self.path = path
        self.readonly = readonly
    }
}
