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

/// Makes the program's user the owner of those standard streams that are pipes, sockets or files.
///
/// The program can write to them in any case. But only their owner can open them again by name, such as /dev/stdout
/// (proc(5), "/proc/pid/fd"). Their group stays. Terminals and other devices stay the caller's. So does a file that the
/// caller opened only for reading: a user who owned it could change what the caller only lent.
struct ChownStreams: InsideWork, ProcessWork {
    static var word: StaticString { "own-streams" }

    var uid: UInt32

    var summary: String { "give standard streams that are pipes, sockets or written files to user \(uid)" }

    /// A user namespace may not map the user or the owner of the stream, and the stream may be on a read-only file
    /// system. The program can use what it was given in spite of that.
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
