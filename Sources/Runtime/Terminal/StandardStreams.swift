import Base
import Linux

/// One of our own standard streams, as a non-blocking descriptor.
///
/// O_NONBLOCK belongs to the open file, which our caller shares, so a shell would find its own terminal changed.
/// Therefore we open a terminal or a pipe a second time, for us alone (proc_pid_fd(5)). What cannot be opened again,
/// such as a socket, gets its old flags back at the end.
struct StandardStream: ~Copyable {
    let file: Descriptor
    private let before: OpenFlags?

    private init(_ file: consuming Descriptor, givingBack before: OpenFlags? = nil) {
        self.file = file
        self.before = before
    }

    /// Opens a standard stream.
    ///
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

    /// Whether opening the file again gives the same stream. Opening a device may do something else: a ptmx would give
    /// a new terminal.
    private static func canBeReopened(_ file: borrowing Descriptor, _ status: FileStatus) -> Bool {
        if status.kind == .fifo { return true }
        return status.kind == .characterDevice && status.device != Terminals.multiplexer
            && (try? file.terminalModes()) != nil
    }
}
