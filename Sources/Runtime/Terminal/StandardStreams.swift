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

/// A step: give pipes, sockets and files among the standard streams to the program's user.
///
/// The program writes to them in any case; but only their owner can open them again by a name, as /dev/stdout is one
/// (proc(5), "/proc/pid/fd"). Their group stays, and so do terminals and other devices, which are the caller's. A file that the
/// caller opened for reading alone stays as well: a user who owned it could change what the caller only lent.
struct ChownStreams: InsideWork, ProcessWork {
    static var word: StaticString { "own-streams" }

    var uid: UInt32

    var summary: String { "give standard streams that are pipes, sockets or written files to user \(uid)" }

    /// A user namespace may map neither the user nor who owns the stream, and that may be on a file system that is read-only; the
    /// program can use what it was given all the same.
    func perform() throws(Failure) {
        for number in CInt(0)...2 {
            let stream = try status(of: number)
            guard try Self.isGiven(stream.kind, number), stream.uid != uid else { continue }
            do throws(Failure) { try fchownat(standard: number, uid: uid) } catch {
                switch error.errno {
                case .EPERM, .EROFS, .EINVAL: continue
                default: throw error
                }
            }
        }
    }

    private static func isGiven(_ kind: FileStatus.Kind?, _ number: CInt) throws(Failure) -> Bool {
        switch kind {
        case .fifo, .socket: true
        case .regular: try isWritable(standard: number)
        default: false
        }
    }
}
