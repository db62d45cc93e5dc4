import Base
import Linux

/// A step: give pipes, sockets and files among the standard streams to the program's user.
///
/// The program writes to them in any case; but only their owner can open them again by a name, as /dev/stdout is one
/// (proc(5), "/proc/pid/fd"). Their group stays, and so do terminals and other devices, which are the caller's. A file that the
/// caller opened for reading alone stays as well: a user who owned it could change what the caller only lent.
struct OwnStreams: Equatable {
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
