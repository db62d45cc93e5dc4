/// Why the runtime could not do what it was asked, in the parts that a person needs to repair it.
///
/// This is the only error type. Code throws it with typed throws, `throws(Failure)`, so that Swift needs no box for an
/// error of unknown type (an existential), and the compiler proves that no other error escapes.
public struct Failure: Error, Equatable, Sendable {
    /// What the runtime was doing, in the words of the spec: `mount proc on /proc`.
    public var action: String
    /// The system call that failed and the kernel's answer; nil if the runtime itself refused.
    public var cause: Cause?
    /// The place in config.json that asked for it, as a JSON pointer (RFC 6901): `/mounts/0/options/2`.
    public var pointer: String?
    /// The document that the pointer leads into, if it is not config.json: the file of `exec --process`.
    public var document: String?
    /// What usually helps.
    public var hint: String?
    /// What is wrong, as a word for programs; nil if no code was given. ``stableCode`` always has one.
    public var code: Code?

    /// A system call and the kernel's answer to it.
    public struct Cause: Equatable, Sendable {
        /// The call's name, as in section 2 of the manual.
        public var call: String
        /// The kernel's answer.
        public var errno: Errno

        /// Makes a cause from the system call `call` and its answer `errno`.
        public init(call: String, errno: Errno) {
            self.call = call
            self.errno = errno
        }
    }

    /// Makes a failure to do `action`, with the other parts that are known.
    public init(
        _ action: String, cause: Cause? = nil, pointer: String? = nil, hint: String? = nil, code: Code? = nil
    ) {
        self.action = action
        self.cause = cause
        self.pointer = pointer
        // The usual hint would mislead if a seccomp filter caused the failure, so the hint about the filter wins.
        self.hint = cause.flatMap { SuspectedFilter.hint($0) } ?? hint
        self.code = code
    }

    /// Makes a failure to do `action` because of the system call `call`.
    public init(_ action: String, _ call: StaticString, _ errno: Errno, hint: String? = nil) {
        self.init(action, cause: Cause(call: "\(call)", errno: errno), hint: hint)
    }

    /// The kernel's answer; nil if no system call failed.
    ///
    /// Not inlined: the optimizer of Swift 6.3.1 crashes (CopyPropagation, "outside of lifetime use") on a function
    /// with several `catch where error.errno == ...` if this is inlined there.
    @inline(never)
    public var errno: Errno? { cause?.errno }

    /// Returns the same failure with a place in config.json, unless deeper code has already named one.
    public func at(_ pointer: String) -> Failure {
        guard self.pointer == nil, !pointer.isEmpty else { return self }
        var copy = self
        copy.pointer = pointer
        return copy
    }

    /// Returns the same failure with a hint, unless deeper code has already given one.
    public func hinting(_ hint: String?) -> Failure {
        var copy = self
        copy.hint = copy.hint ?? hint
        return copy
    }

    /// Returns the same failure with a code, unless deeper code has already given one.
    public func coded(_ code: Code) -> Failure {
        var copy = self
        copy.code = copy.code ?? code
        return copy
    }

    /// Returns the same failure, with `action` as what the runtime was doing at the time: `action: what it was`.
    public func during(_ action: String) -> Failure {
        var copy = self
        copy.action = "\(action): \(self.action)"
        return copy
    }

    /// The failure in one line, the most specific part last: `mount proc on /proc: operation not permitted (config.json
    /// /mounts/0); hint: ...` The kernel's words are those of the C library in lower case, because callers match on
    /// them (WhatCallersRun, "Error words").
    public var line: String {
        var text = action
        if let cause { text += ": \(cause.errno.text)" }
        if let pointer { text += " (\(document ?? "config.json") \(pointer))" }
        if let hint { text += "; hint: \(hint)" }
        return text
    }
}
