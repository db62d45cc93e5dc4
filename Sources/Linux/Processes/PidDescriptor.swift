import Base
import CShim

/// A pidfd: it refers to one process as long as it is open, even if the kernel uses the pid again (pidfd_open(2)).
public struct PidDescriptor: ~Copyable, Sendable {
    private let descriptor: Descriptor

    /// Takes over a pidfd.
    public init(owning number: CInt) { descriptor = Descriptor(owning: number) }

    /// pidfd_open(2).
    ///
    /// - Throws: ``Failure``: ESRCH if there is no such process. This includes a pid that now belongs to a thread of
    ///   another process, for which the kernel answers EINVAL, or ENOENT (Linux 6.15 and later).
    public init(pid: Int32) throws(Failure) {
        let action = "find process \(pid)"
        let number: CInt
        do throws(Failure) {
            number = try check(shim_pidfd_open(pid, 0), "pidfd_open", action)
        } catch  where error.errno == .EINVAL || error.errno == .ENOENT {
            throw Failure(action, "pidfd_open", .ESRCH)
        }
        descriptor = Descriptor(owning: number)
    }

    /// No process yet.
    public static var none: PidDescriptor { PidDescriptor(owning: -1) }

    /// The descriptor's number, for poll(2).
    public var number: CInt { descriptor.number }

    /// Whether it refers to a process at all.
    public var isOpen: Bool { descriptor.isOpen }

    /// pidfd_send_signal(2): never hits another process.
    ///
    /// - Throws: ``Failure``: ESRCH if the process has been waited for.
    public borrowing func send(signal: CInt) throws(Failure) {
        try check(shim_pidfd_send_signal(number, signal), "pidfd_send_signal", "send signal \(signal)")
    }

    /// Returns a second descriptor of the same process, to give away.
    public borrowing func duplicate() throws(Failure) -> Descriptor { try descriptor.duplicate() }

    /// pidfd_getfd(2): copies the process's descriptor `number`.
    ///
    /// - Throws: ``Failure``: EPERM if we may not trace it (ptrace(2), "Ptrace access mode checking"), EBADF if it has
    ///   no such descriptor.
    public borrowing func getfd(_ number: CInt) throws(Failure) -> Descriptor {
        let answer = shim_pidfd_getfd(self.number, number)
        return Descriptor(
            owning: try check(answer, "pidfd_getfd", "take descriptor \(number) of another process"))
    }

    /// waitid(2) for our child, even if it was made with CLONE_PARENT (`__WALL`).
    ///
    /// - Parameter hang: Whether to wait for the end.
    /// - Returns: How it ended; nil if it still runs and `hang` is false.
    public borrowing func wait(hang: Bool = true) throws(Failure) -> ProcessEnd? {
        let number = self.number
        let options = WEXITED | __WALL | (hang ? 0 : WNOHANG)
        var code: CInt = 0
        var status: CInt = 0
        try check(
            uninterrupted { shim_wait_pidfd(number, options, &code, &status) }, "waitid", "wait for a process")
        return ProcessEnd(code: code, status: status)
    }

    /// Whether the process has ended.
    public var hasEnded: Bool { descriptor.isReadable }

    /// Waits until the process has ended (poll(2) on the pidfd).
    ///
    /// - Parameter milliseconds: The longest wait.
    /// - Returns: False after the longest wait.
    public borrowing func waitUntilEnded(within milliseconds: Int) -> Bool {
        var entry = shim_pollfd(fd: number, events: CShort(POLLIN), revents: 0)
        return poll(&entry, 1, until: Clock.deadline(milliseconds: milliseconds)) > 0
    }
}

/// How a process ended.
public enum ProcessEnd: Equatable, Sendable {
    /// It called exit with this status.
    case exited(CInt)
    /// A signal ended it.
    case signalled(CInt)

    init?(code: CInt, status: CInt) {
        switch code {
        case CInt(CLD_EXITED): self = .exited(status)
        case CInt(CLD_KILLED), CInt(CLD_DUMPED): self = .signalled(status)
        default: return nil
        }
    }

    /// The status that a shell would give: the program's, or 128 plus the signal.
    public var shellStatus: CInt {
        switch self {
        case .exited(let status): status
        case .signalled(let signal): 128 + signal
        }
    }
}

/// Reaps the children that became ours because their parent ended (prctl(2), PR_SET_CHILD_SUBREAPER). It leaves our
/// own, `children`, to the code that made them, which needs to know how they ended. If one of these has ended, it stops
/// early: call it again after that one was waited for.
public func reapOrphans(except children: [Int32]) {
    var code: CInt = 0
    var status: CInt = 0
    while true {
        let ended = shim_wait(0, WEXITED | WNOHANG | WNOWAIT, &code, &status)
        // The kernel reports the others only after this one was waited for.
        guard ended > 0, !children.contains(ended) else { return }
        _ = shim_wait(ended, WEXITED | WNOHANG, &code, &status)
    }
}
