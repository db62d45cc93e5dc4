import Base

/// `hooks` (runtime-spec 1.3, config.md, "POSIX-platform Hooks"). Each list runs in order.
public struct Hooks: JSONObject {
    /// Deprecated: runs as `createRuntime` does, and before it.
    public var prestart: [Hook]?
    /// During `create`, in the runtime's namespaces, before pivot_root.
    public var createRuntime: [Hook]?
    /// During `create`, in the container's namespaces, before pivot_root.
    public var createContainer: [Hook]?
    /// During `start`, inside the container, before the program runs.
    public var startContainer: [Hook]?
    /// During `start`, in the runtime's namespaces, after the program has started.
    public var poststart: [Hook]?
    /// During `delete`, in the runtime's namespaces, after the container has been removed.
    public var poststop: [Hook]?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("prestart", &prestart)
        try m.optional("createRuntime", &createRuntime)
        try m.optional("createContainer", &createContainer)
        try m.optional("startContainer", &startContainer)
        try m.optional("poststart", &poststart)
        try m.optional("poststop", &poststop)
    }
}

/// One program of ``Hooks``. It reads the container's ``State`` from its standard input.
public struct Hook: JSONObject {
    /// The program's absolute path.
    public var path = ""
    /// Its argument vector, starting with the program's name.
    public var args: [String]?
    /// Its environment; absent means the runtime's own.
    public var env: [String]?
    /// After how many seconds it is killed; more than 0.
    public var timeout: Int?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a hook" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("path", &path)
        try m.optional("args", &args)
        try m.optional("env", &env)
        try m.optional("timeout", &timeout)
    }
}
