import Base

/// One entry of `linux.seccomp.syscalls`.
public struct SeccompRule: Equatable, Sendable {
    /// The system calls.
    public var names: [String]
    /// What happens to them.
    public var action: SeccompAction
    /// The errno of the action; absent means EPERM.
    public var errnoRet: UInt32?
    /// Conditions on the arguments.
    public var args: [SeccompArgument]?

    /// A rule with the given properties; the others are absent.
    public init(names: [String], action: SeccompAction, errnoRet: UInt32? = nil, args: [SeccompArgument]? = nil) {
        self.names = names
        self.action = action
        self.errnoRet = errnoRet
        self.args = args
    }
}

extension SeccompRule: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var names: [String]?
        var action: SeccompAction?
        var errnoRet: UInt32?
        var args: [SeccompArgument]?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "names": names = try json.strings()
            case "action": action = try json.word()
            case "errnoRet": errnoRet = try json.integer()
            case "args": args = try json.array(of: SeccompArgument.self)
            default: try json.skip()
            }
        }
        try self.init(
            names: json.required(names, "names", of: "a seccomp rule", at: start),
            action: json.required(action, "action", of: "a seccomp rule", at: start), errnoRet: errnoRet, args: args)
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("names", names)
            json.member("action", action)
            json.member("errnoRet", errnoRet)
            json.member("args", args)
        }
    }
}
