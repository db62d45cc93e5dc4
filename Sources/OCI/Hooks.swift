import Base

/// `hooks` (runtime-spec 1.3, config.md, "POSIX-platform Hooks"): each list runs in its order.
public struct Hooks: Equatable, Sendable {
    /// Deprecated: as `createRuntime`, and before it.
    public var prestart: [Hook]?
    /// During `create`, in the runtime's namespaces, before pivot_root.
    public var createRuntime: [Hook]?
    /// During `create`, in the container's namespaces, before pivot_root.
    public var createContainer: [Hook]?
    /// During `start`, inside the container, before the program.
    public var startContainer: [Hook]?
    /// During `start`, in the runtime's namespaces, after the program has started.
    public var poststart: [Hook]?
    /// During `delete`, in the runtime's namespaces, after the container is gone.
    public var poststop: [Hook]?

    /// Hooks with the given properties; those not given are absent.
    public init(
        prestart: [Hook]? = nil, createRuntime: [Hook]? = nil, createContainer: [Hook]? = nil,
        startContainer: [Hook]? = nil, poststart: [Hook]? = nil, poststop: [Hook]? = nil
    ) {
        self.prestart = prestart
        self.createRuntime = createRuntime
        self.createContainer = createContainer
        self.startContainer = startContainer
        self.poststart = poststart
        self.poststop = poststop
    }
}

extension Hooks: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var prestart: [Hook]?
        var createRuntime: [Hook]?
        var createContainer: [Hook]?
        var startContainer: [Hook]?
        var poststart: [Hook]?
        var poststop: [Hook]?
        try json.object { json, key throws(Failure) in
            switch key {
            case "prestart": prestart = try json.array(of: Hook.self)
            case "createRuntime": createRuntime = try json.array(of: Hook.self)
            case "createContainer": createContainer = try json.array(of: Hook.self)
            case "startContainer": startContainer = try json.array(of: Hook.self)
            case "poststart": poststart = try json.array(of: Hook.self)
            case "poststop": poststop = try json.array(of: Hook.self)
            default: try json.skip()
            }
        }
        self.init(
            prestart: prestart, createRuntime: createRuntime, createContainer: createContainer,
            startContainer: startContainer, poststart: poststart, poststop: poststop)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("prestart", prestart)
            json.member("createRuntime", createRuntime)
            json.member("createContainer", createContainer)
            json.member("startContainer", startContainer)
            json.member("poststart", poststart)
            json.member("poststop", poststop)
        }
    }
}
