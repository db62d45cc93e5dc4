import Base

/// What `exec` needs of a config.json: the process, and of `linux` what concerns one. The reader passes over the rest,
/// which must be JSON all the same.
public struct ExecConfig: JSONObject {
    /// `process`.
    public var process: Process?
    /// Of `linux`, `seccomp`, `personality` and `memoryPolicy`; the rest is absent.
    public var linux: LinuxConfig { part.linux }

    private var part = ProcessPart()

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("process", &process)
        try m.required("linux", &part, ifAbsent: .kept)
    }
}

/// The part of `linux` that concerns a process.
private struct ProcessPart: JSONObject {
    var linux = LinuxConfig()

    static var empty: Self { Self() }

    mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("seccomp", &linux.seccomp)
        try m.optional("personality", &linux.personality)
        try m.optional("memoryPolicy", &linux.memoryPolicy)
    }
}

/// The process of a config.json, and nothing else of it.
public struct ConfigProcess: JSONObject {
    /// `process`.
    public var process: Process?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("process", &process)
    }
}
