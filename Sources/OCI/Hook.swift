/// One program of ``Hooks``; it gets the container's ``State`` on its standard input.
public struct Hook: Equatable, Sendable {
    /// The program's absolute path.
    public var path: String
    /// Its argument vector, the name first.
    public var args: [String]?
    /// Its environment; absent means the runtime's own.
    public var env: [String]?
    /// Seconds after which it is killed; above 0.
    public var timeout: Int?

    /// A hook with the given properties; the others are absent.
    public init(path: String, args: [String]? = nil, env: [String]? = nil, timeout: Int? = nil) {
        self.path = path
        self.args = args
        self.env = env
        self.timeout = timeout
    }
}
