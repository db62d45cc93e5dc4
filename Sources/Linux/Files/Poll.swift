import Base
import CShim

/// poll(2) until an entry has an event or the deadline has passed. A signal does not end the wait.
///
/// - Parameter deadline: On ``Clock/monotonic()``, in nanoseconds; nil for no limit.
/// - Returns: How many entries have an event, or the kernel's negative answer.
func poll(_ entries: UnsafeMutablePointer<shim_pollfd>, _ count: UInt32, until deadline: Int64?) -> CInt {
    uninterrupted {
        shim_poll(entries, count, deadline.map { CInt(clamping: Clock.milliseconds(until: $0)) } ?? -1)
    }
}

extension Descriptor {
    /// Whether there is something to read now, or the other end is closed (poll(2), POLLIN). Also false if poll(2)
    /// fails.
    public var isReadable: Bool {
        var entry = shim_pollfd(fd: number, events: CShort(POLLIN), revents: 0)
        return uninterrupted { shim_poll(&entry, 1, 0) } > 0
    }

    /// Waits until there is something to read, or the other end is closed (poll(2), POLLIN).
    ///
    /// - Parameter milliseconds: The longest wait. A signal does not make it longer.
    /// - Returns: False after the longest wait, and if poll(2) fails.
    public borrowing func waitUntilReadable(within milliseconds: Int) -> Bool {
        var entry = shim_pollfd(fd: number, events: CShort(POLLIN), revents: 0)
        return poll(&entry, 1, until: Clock.deadline(milliseconds: milliseconds)) > 0
    }

    /// Waits until one of two descriptors can be read, or its other end is closed (poll(2), POLLIN).
    ///
    /// - Parameter milliseconds: The longest wait, which a signal does not make longer; nil for no limit.
    /// - Returns: Whether this one, and whether the other one can be read; neither after the longest wait.
    public borrowing func waitUntilReadable(
        or other: CInt, within milliseconds: Int? = nil
    ) throws(Failure) -> (this: Bool, other: Bool) {
        var entries = (
            shim_pollfd(fd: number, events: CShort(POLLIN), revents: 0),
            shim_pollfd(fd: other, events: CShort(POLLIN), revents: 0)
        )
        // Without a limit nobody reads the clock. init waits so when its seccomp filter may be loaded, and on a host
        // whose clock the vDSO cannot read (vdso(7)), clock_gettime(2) is a system call that the filter may forbid.
        let deadline = milliseconds.map { Clock.deadline(milliseconds: $0) }
        let answer = withUnsafeMutablePointer(to: &entries) {
            $0.withMemoryRebound(to: shim_pollfd.self, capacity: 2) { entries in poll(entries, 2, until: deadline) }
        }
        try check(answer, "poll", "wait")
        return (entries.0.revents != 0, entries.1.revents != 0)
    }

    /// Waits until the kernel reports that the file has changed since it was last read (poll(2), POLLPRI), as it does
    /// for files of sysfs and for `cgroup.events`.
    ///
    /// - Parameter milliseconds: The longest wait; a signal may end it early.
    public borrowing func waitForChange(within milliseconds: Int) {
        var entry = shim_pollfd(fd: number, events: CShort(POLLPRI), revents: 0)
        _ = shim_poll(&entry, 1, CInt(clamping: max(milliseconds, 0)))
    }

    /// Waits in the same way until one of two files has changed.
    ///
    /// - Parameters:
    ///   - other: The second file; may be ``Descriptor/none``.
    ///   - milliseconds: The longest wait; a signal may end it early.
    public borrowing func waitForChange(or other: borrowing Descriptor, within milliseconds: Int) {
        var entries = [
            shim_pollfd(fd: number, events: CShort(POLLPRI), revents: 0),
            shim_pollfd(fd: other.number, events: CShort(POLLPRI), revents: 0),
        ]
        _ = shim_poll(&entries, 2, CInt(clamping: max(milliseconds, 0)))
    }
}

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
    /// - Parameter tag: The number that ``wait(isBlocking:)`` returns for the descriptor.
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

    /// epoll_wait(2): waits for one event, without a limit. Descriptors that are ready take turns.
    ///
    /// - Parameter isBlocking: Whether to wait; if not, it only looks.
    /// - Returns: The tag of a descriptor that is ready, or has hung up; nil if none is now.
    public borrowing func wait(isBlocking: Bool = true) throws(Failure) -> UInt64? {
        var tag: UInt64 = 0
        let number = descriptor.number
        let answer = uninterrupted { shim_epoll_wait(number, &tag, isBlocking ? -1 : 0) }
        return try check(answer, "epoll_wait", "wait for events") > 0 ? tag : nil
    }
}

/// clock_gettime(2) and nanosleep(2).
public enum Clock {
    /// CLOCK_MONOTONIC in nanoseconds: for durations and deadlines.
    public static func monotonic() -> Int64 { shim_clock(CLOCK_MONOTONIC) }

    /// Returns the moment of ``monotonic()`` that is `milliseconds` from now.
    public static func deadline(milliseconds: Int) -> Int64 { monotonic() + Int64(milliseconds) * 1_000_000 }

    /// Returns the milliseconds until `deadline`, a moment of ``monotonic()``, rounded up; 0 after it.
    public static func milliseconds(until deadline: Int64) -> Int64 {
        max(0, (deadline - monotonic() + 999_999) / 1_000_000)
    }

    /// CLOCK_REALTIME in nanoseconds since 1970.
    public static func now() -> Int64 { shim_clock(CLOCK_REALTIME) }

    /// Waits; a signal may end it early.
    public static func sleep(milliseconds: Int) { _ = shim_nanosleep(Int64(milliseconds) * 1_000_000) }
}
