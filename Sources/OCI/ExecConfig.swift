import Base

/// What `exec` needs of a config.json: the process, and of `linux` what concerns one. All else is passed over, unread but for
/// its form.
public struct ExecConfig: Equatable, Sendable {
    /// `process`.
    public var process: Process?
    /// Of `linux`, `seccomp`, `personality` and `memoryPolicy`; the rest is absent.
    public var linux = LinuxConfig()
}

extension ExecConfig: JSONReadable {
    /// Reads the object.
    public init(_ json: inout JSONReader) throws(Failure) {
        var config = ExecConfig()
        try json.object { json, key throws(Failure) in
            switch key {
            case "process": config.process = try Process(&json)
            case "linux": try config.linux.readProcessPart(&json)
            default: try json.skip()
            }
        }
        self = config
    }
}

extension LinuxConfig {
    fileprivate mutating func readProcessPart(_ json: inout JSONReader) throws(Failure) {
        var linux = LinuxConfig()
        try json.object { json, key throws(Failure) in
            switch key {
            case "seccomp": linux.seccomp = try Seccomp(&json)
            case "personality": linux.personality = try Personality(&json)
            case "memoryPolicy": linux.memoryPolicy = try MemoryPolicy(&json)
            default: try json.skip()
            }
        }
        self = linux
    }
}

/// The process of a config.json, and nothing else of it.
public struct ConfigProcess: Equatable, Sendable {
    /// `process`.
    public var process: Process?
}

extension ConfigProcess: JSONReadable {
    /// Reads the object.
    public init(_ json: inout JSONReader) throws(Failure) {
        var process: Process?
        try json.object { json, key throws(Failure) in
            guard case "process" = key else { return try json.skip() }
            process = try Process(&json)
        }
        self.process = process
    }
}
