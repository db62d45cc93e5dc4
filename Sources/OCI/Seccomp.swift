import Base

/// `linux.seccomp` (runtime-spec 1.3, config-linux.md, "Seccomp").
public struct Seccomp: JSONObject {
    /// What happens to a call that no rule matches. nil means the empty string, which runc accepts if there are no
    /// rules.
    public var defaultAction: SeccompAction?
    /// The errno of the default action; absent means EPERM.
    public var defaultErrnoRet: UInt32?
    /// System call tables besides the native one: `SCMP_ARCH_X86_64` ...
    public var architectures: [String]?
    /// Flags of seccomp(2). The runtime chooses flags if the list is absent, and sets no flag if it is empty.
    public var flags: [String]?
    /// The socket to which the runtime sends the listener's descriptor.
    public var listenerPath: String?
    /// A text that the runtime sends with the descriptor.
    public var listenerMetadata: String?
    /// The rules.
    public var syscalls: [SeccompRule]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "seccomp" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.requiredOrEmpty("defaultAction", &defaultAction)
        try m.optional("defaultErrnoRet", &defaultErrnoRet)
        try m.optional("architectures", &architectures)
        try m.optional("flags", &flags)
        try m.optional("listenerPath", &listenerPath)
        try m.optional("listenerMetadata", &listenerMetadata)
        try m.optional("syscalls", &syscalls)
    }
}

/// One entry of `linux.seccomp.syscalls`.
public struct SeccompRule: JSONObject {
    /// The system calls, by name.
    public var names: [String] = []
    /// What happens to them.
    public var action = SeccompAction.kill
    /// The errno of the action; absent means EPERM.
    public var errnoRet: UInt32?
    /// Conditions on the arguments.
    public var args: [SeccompArgument]?

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a seccomp rule" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("names", &names)
        try m.required("action", &action)
        try m.optional("errnoRet", &errnoRet)
        try m.optional("args", &args)
    }
}

/// One entry of a rule's `args`.
public struct SeccompArgument: JSONObject {
    /// Which argument, from 0 to 5.
    public var index: UInt32 = 0
    /// The value to compare with. For `SCMP_CMP_MASKED_EQ` it is the mask.
    public var value: UInt64 = 0
    /// For `SCMP_CMP_MASKED_EQ`, the value that the masked argument must have.
    public var valueTwo: UInt64?
    /// How to compare.
    public var op = SeccompOperator.notEqual

    public static var empty: Self { Self() }
    public static var noun: StaticString { "a condition on an argument" }

    public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
        try m.required("index", &index)
        try m.required("value", &value)
        try m.optional("valueTwo", &valueTwo)
        try m.required("op", &op)
    }
}

/// What seccomp does with a call, named as in libseccomp.
public enum SeccompAction: String, SpecWord {
    case kill = "SCMP_ACT_KILL"
    case killProcess = "SCMP_ACT_KILL_PROCESS"
    case killThread = "SCMP_ACT_KILL_THREAD"
    case trap = "SCMP_ACT_TRAP"
    case errno = "SCMP_ACT_ERRNO"
    case trace = "SCMP_ACT_TRACE"
    case allow = "SCMP_ACT_ALLOW"
    case log = "SCMP_ACT_LOG"
    case notify = "SCMP_ACT_NOTIFY"

    /// Its name in error messages.
    public static var noun: StaticString { "seccomp action" }
}

/// How seccomp compares an argument, named as in libseccomp.
public enum SeccompOperator: String, SpecWord {
    case notEqual = "SCMP_CMP_NE"
    case less = "SCMP_CMP_LT"
    case lessOrEqual = "SCMP_CMP_LE"
    case equal = "SCMP_CMP_EQ"
    case greaterOrEqual = "SCMP_CMP_GE"
    case greater = "SCMP_CMP_GT"
    case maskedEqual = "SCMP_CMP_MASKED_EQ"

    /// Its name in error messages.
    public static var noun: StaticString { "seccomp operator" }
}
