/// Why the runtime could not do what it was asked, in the parts a person needs to mend it.
///
/// There is one error type. Code throws it with typed throws, `throws(Failure)`, so that no existential is made and
/// the compiler proves that nothing else escapes.
public struct Failure: Error, Equatable, Sendable {
    /// What was being done, in the words of the spec: `mount proc on /proc`.
    public var action: String
    /// The system call that failed, and what the kernel answered; nil where the runtime itself refused.
    public var cause: Cause?
    /// Where in config.json the wish came from, as a JSON pointer (RFC 6901): `/mounts/0/options/2`.
    public var pointer: String?
    /// The text that the pointer is of, where that is not config.json: the file of `exec --process`.
    public var document: String?
    /// What usually helps.
    public var hint: String?
    /// What is wrong, for programs; nil where nobody has said. ``stableCode`` always says something.
    public var code: Code?

    /// A system call and the kernel's answer to it.
    public struct Cause: Equatable, Sendable {
        /// The call's name, as in section 2 of the manual.
        public var call: String
        /// What the kernel answered.
        public var errno: Errno

        /// The answer `errno` of the system call `call`.
        public init(call: String, errno: Errno) {
            self.call = call
            self.errno = errno
        }
    }

    /// A failure to do `action`, with as many of the other parts as are known.
    public init(
        _ action: String, cause: Cause? = nil, pointer: String? = nil, hint: String? = nil, code: Code? = nil
    ) {
        self.action = action
        self.cause = cause
        self.pointer = pointer
        // It tells more than what usually helps against such a failure, which would mislead.
        self.hint = cause.flatMap { SuspectedFilter.hint($0) } ?? hint
        self.code = code
    }

    /// A failure of the system call `call` to do `action`.
    public init(_ action: String, _ call: StaticString, _ errno: Errno, hint: String? = nil) {
        self.init(action, cause: Cause(call: "\(call)", errno: errno), hint: hint)
    }

    /// What the kernel answered, where it was asked at all.
    ///
    /// Not inlined: the optimizer of Swift 6.3.1 dies (CopyPropagation, "outside of lifetime use") on a function with
    /// several `catch where error.errno == ...` in which it was.
    @inline(never)
    public var errno: Errno? { cause?.errno }

    /// The same failure, with its place in config.json filled in if nothing deeper has named one.
    public func at(_ pointer: String) -> Failure {
        guard self.pointer == nil, !pointer.isEmpty else { return self }
        var copy = self
        copy.pointer = pointer
        return copy
    }

    /// The same failure, with a hint filled in if nothing deeper has given one.
    public func hinting(_ hint: String?) -> Failure {
        var copy = self
        copy.hint = copy.hint ?? hint
        return copy
    }

    /// The same failure, with a code filled in if nothing deeper has given one.
    public func coded(_ code: Code) -> Failure {
        var copy = self
        copy.code = copy.code ?? code
        return copy
    }

    /// The same failure, said to have happened while doing `action`: `action: what it was`.
    public func during(_ action: String) -> Failure {
        var copy = self
        copy.action = "\(action): \(self.action)"
        return copy
    }

    /// One line, most specific last: `mount proc on /proc: operation not permitted (config.json /mounts/0); hint: ...`
    /// The kernel's words are the C library's, in lower case: callers match on them
    /// (WhatCallersRun, "Error words").
    public var line: String {
        var text = action
        if let cause { text += ": \(cause.errno.words)" }
        if let pointer { text += " (\(document ?? "config.json") \(pointer))" }
        if let hint { text += "; hint: \(hint)" }
        return text
    }
}
