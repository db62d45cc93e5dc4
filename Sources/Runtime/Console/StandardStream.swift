import Base
import Linux

/// One of our own standard streams, as a descriptor that never waits.
///
/// O_NONBLOCK belongs to the open file, which our caller shares: a shell would find its own terminal changed. So a terminal or a
/// pipe is opened once more, for us alone (proc_pid_fd(5)); what cannot be, as a socket, gets its flag back at the end.
struct StandardStream: ~Copyable {
    let file: Descriptor
    private let before: OpenFlags?

    private init(_ file: consuming Descriptor, givingBack before: OpenFlags? = nil) {
        self.file = file
        self.before = before
    }

    /// - Parameters:
    ///   - number: 0 or 1.
    ///   - direction: ``OpenFlags/readOnly`` or ``OpenFlags/writeOnly``.
    static func open(
        _ number: CInt, _ direction: OpenFlags, _ proc: borrowing Proc
    ) throws(Failure) -> StandardStream {
        let inherited = try duplicate(standard: number)
        let status = try inherited.status()
        if status.kind == .regular { return StandardStream(inherited) }
        if canBeReopened(inherited, status),
            let own = try? proc.follow("self/fd/\(number)", [direction, .nonBlocking, .noControllingTerminal])
        {
            return StandardStream(own)
        }
        let flags = try inherited.statusFlags()
        if flags.contains(.nonBlocking) { return StandardStream(inherited) }
        try inherited.set(statusFlags: flags.union(.nonBlocking))
        return StandardStream(inherited, givingBack: flags)
    }

    /// No stream.
    static var none: StandardStream { StandardStream(.none) }

    deinit { if let before { try? file.set(statusFlags: before) } }

    /// To open a device may do something: a ptmx would be another terminal's.
    private static func canBeReopened(_ file: borrowing Descriptor, _ status: FileStatus) -> Bool {
        if status.kind == .fifo { return true }
        return status.kind == .characterDevice && status.device != Terminals.multiplexer
            && (try? file.terminalModes()) != nil
    }
}
