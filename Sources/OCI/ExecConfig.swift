import Base

/// The parts of a config.json that `exec` needs: the process, and what concerns a process in `linux`. The reader skips
/// the rest, which must still be correct JSON.
public struct ExecConfig: JSONObject {
    /// `process`.
    public var process: Process?
    /// `linux` with `seccomp`, `personality` and `memoryPolicy` only; the rest is absent.
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

/// Only the process of a config.json.
public struct ConfigProcess: JSONObject {
    /// `process`.
    public var process: Process?

    public static var empty: Self { Self() }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.optional("process", &process)
    }
}
