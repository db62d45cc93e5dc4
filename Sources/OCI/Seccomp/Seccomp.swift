import Base

/// `linux.seccomp` (runtime-spec 1.3, config-linux.md, "Seccomp").
public struct Seccomp: Equatable, Sendable {
    /// What happens to a call that no rule matches; nil for the empty string, which runc takes where there are no rules.
    public var defaultAction: SeccompAction?
    /// The errno of the default action; absent means EPERM.
    public var defaultErrnoRet: UInt32?
    /// System call tables beside the native one: `SCMP_ARCH_X86_64` ...
    public var architectures: [String]?
    /// Flags of seccomp(2); absent and empty differ (WhatConfigMeans, "Seccomp").
    public var flags: [String]?
    /// A socket that is sent the listener's descriptor.
    public var listenerPath: String?
    /// What is told to the listener beside it.
    public var listenerMetadata: String?
    /// The rules.
    public var syscalls: [SeccompRule]?

    /// A filter with the given properties; the others are absent.
    public init(
        defaultAction: SeccompAction?, defaultErrnoRet: UInt32? = nil, architectures: [String]? = nil,
        flags: [String]? = nil, listenerPath: String? = nil, listenerMetadata: String? = nil,
        syscalls: [SeccompRule]? = nil
    ) {
        self.defaultAction = defaultAction
        self.defaultErrnoRet = defaultErrnoRet
        self.architectures = architectures
        self.flags = flags
        self.listenerPath = listenerPath
        self.listenerMetadata = listenerMetadata
        self.syscalls = syscalls
    }
}

extension Seccomp: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var defaultAction: SeccompAction??
        var defaultErrnoRet: UInt32?
        var architectures: [String]?
        var flags: [String]?
        var listenerPath: String?
        var listenerMetadata: String?
        var syscalls: [SeccompRule]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "defaultAction": defaultAction = .some(try json.wordOrNothing())
            case "defaultErrnoRet": defaultErrnoRet = try json.integer()
            case "architectures": architectures = try json.strings()
            case "flags": flags = try json.strings()
            case "listenerPath": listenerPath = try json.string()
            case "listenerMetadata": listenerMetadata = try json.string()
            case "syscalls": syscalls = try json.array(of: SeccompRule.self)
            default: try json.skip()
            }
        }
        try self.init(
            defaultAction: json.required(defaultAction, "defaultAction", of: "seccomp", at: start),
            defaultErrnoRet: defaultErrnoRet, architectures: architectures,
            flags: flags, listenerPath: listenerPath, listenerMetadata: listenerMetadata, syscalls: syscalls)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("defaultAction", defaultAction?.word ?? "")
            json.member("defaultErrnoRet", defaultErrnoRet)
            json.member("architectures", architectures)
            json.member("flags", flags)
            json.member("listenerPath", listenerPath)
            json.member("listenerMetadata", listenerMetadata)
            json.member("syscalls", syscalls)
        }
    }
}
