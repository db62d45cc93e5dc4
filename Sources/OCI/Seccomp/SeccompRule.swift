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
