import Base

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

extension Hook: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var path: String?
        var args: [String]?
        var env: [String]?
        var timeout: Int?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "path": path = try json.string()
            case "args": args = try json.strings()
            case "env": env = try json.strings()
            case "timeout": timeout = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            path: json.required(path, "path", of: "a hook", at: start), args: args, env: env, timeout: timeout)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("path", path)
            json.member("args", args)
            json.member("env", env)
            json.member("timeout", timeout)
        }
    }
}
