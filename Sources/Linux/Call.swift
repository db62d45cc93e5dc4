import Base

/// Turns a shim's answer into a value or a ``Failure``.
///
/// The callers of the functions in this module that have a last parameter `what` or `action` say there, for the
/// failure, which thing the call acts on, or what they are doing.
///
/// - Parameters:
///   - answer: What the shim returned; a negative one is `-errno`.
///   - call: The system call's name, as in section 2 of the manual.
///   - action: What the caller is doing; built only on failure.
/// - Returns: The answer, which is 0 or more.
/// - Throws: ``Failure`` with the call and its errno.
@inline(__always)
@discardableResult
public func check<I: BinaryInteger>(
    _ answer: I, _ call: StaticString, _ action: @autoclosure () -> String
) throws(Failure) -> I {
    guard answer < 0 else { return answer }
    throw Failure(action(), call, Errno(rawValue: -CInt(answer)))
}

/// Repeats a call that a signal may interrupt (signal(7), "Interruption of system calls").
@inline(__always)
public func uninterrupted<I: SignedInteger>(_ call: () -> I) -> I {
    while true {
        let answer = call()
        if answer != -I(Errno.EINTR.rawValue) { return answer }
    }
}

/// Passes an optional string to C: null if it is nil.
@inline(__always)
func withOptionalCString<R>(_ text: String?, _ body: (UnsafePointer<CChar>?) -> R) -> R {
    guard let text else { return body(nil) }
    return text.withCString(body)
}
