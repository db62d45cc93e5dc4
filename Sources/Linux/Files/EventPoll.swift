import Base
import CShim

/// Waits until some of many descriptors are ready (epoll(7), level-triggered). The caller gives each descriptor a
/// number of its own, the tag.
public struct EventPoll: ~Copyable {
    private let descriptor: Descriptor

    /// The events to wait for.
    public struct Events: OptionSet, Sendable {
        /// The `EPOLL*` bits.
        public let rawValue: UInt32

        /// Takes the kernel's bits.
        public init(rawValue: UInt32) { self.rawValue = rawValue }

        /// EPOLLIN: there is something to read, or the end.
        public static let readable = Events(rawValue: EPOLLIN.rawValue)
        /// EPOLLOUT: there is room to write.
        public static let writable = Events(rawValue: EPOLLOUT.rawValue)
    }

    /// epoll_create1(2).
    public init() throws(Failure) {
        descriptor = Descriptor(owning: try check(shim_epoll_create(), "epoll_create1", "wait for events"))
    }

    /// EPOLL_CTL_ADD.
    ///
    /// - Parameter tag: The number that ``wait(milliseconds:)`` returns for the descriptor.
    /// - Returns: False for a file that is always ready and so cannot be waited for, such as a regular file (EPERM).
    public borrowing func add(_ number: CInt, _ events: Events, tag: UInt64) throws(Failure) -> Bool {
        let answer = shim_epoll_control(descriptor.number, EPOLL_CTL_ADD, number, events.rawValue, tag)
        if answer == -Errno.EPERM.rawValue { return false }
        try check(answer, "epoll_ctl", "wait for descriptor \(number)")
        return true
    }

    /// EPOLL_CTL_MOD.
    public borrowing func change(_ number: CInt, to events: Events, tag: UInt64) throws(Failure) {
        let answer = shim_epoll_control(descriptor.number, EPOLL_CTL_MOD, number, events.rawValue, tag)
        try check(answer, "epoll_ctl", "wait for descriptor \(number)")
    }

    /// EPOLL_CTL_DEL: the kernel no longer reports the descriptor. Without this it reports a hangup even if no event
    /// was asked for.
    public borrowing func remove(_ number: CInt) throws(Failure) {
        try check(
            shim_epoll_control(descriptor.number, EPOLL_CTL_DEL, number, 0, 0), "epoll_ctl",
            "wait no more for descriptor \(number)")
    }

    /// epoll_wait(2): waits for one event. Descriptors that are ready take turns.
    ///
    /// - Parameter milliseconds: The longest wait; nil for no limit.
    /// - Returns: The tag of a descriptor that is ready, or has hung up; nil after the longest wait.
    public borrowing func wait(milliseconds: Int? = nil) throws(Failure) -> UInt64? {
        var tag: UInt64 = 0
        let number = descriptor.number
        let answer = uninterrupted {
            shim_epoll_wait(number, &tag, milliseconds.map { CInt(clamping: $0) } ?? -1)
        }
        return try check(answer, "epoll_wait", "wait for events") > 0 ? tag : nil
    }
}
