import Base
import CShim

/// A socket that waits for connections at a name in a directory (unix(7), SOCK_SEQPACKET: packets keep their
/// boundaries).
///
/// Unlike a FIFO or a file, it cannot be opened through /proc/PID/fd: open(2) of a socket is ENXIO.
public enum ListeningSocket {
    /// Returns a path through the directory's descriptor. It always fits in an address, which holds 107 bytes.
    private static func path(_ name: String, at directory: borrowing Descriptor) -> String {
        "/proc/self/fd/\(directory.number)/\(name)"
    }

    /// bind(2) and listen(2).
    ///
    /// - Throws: ``Failure``: EADDRINUSE if the name exists already.
    public static func make(_ name: String, at directory: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_SEQPACKET)
        try check(shim_bind_unix(socket.number, path(name, at: directory)), "bind", "listen at \(name)")
        try check(shim_listen(socket.number, 8), "listen", "listen at \(name)")
        return socket
    }

    /// connect(2).
    ///
    /// - Throws: ``Failure``: ECONNREFUSED if no process listens there any more, ENOENT if there is no such name.
    public static func connect(to name: String, at directory: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_SEQPACKET)
        let answer = uninterrupted { shim_connect_unix(socket.number, path(name, at: directory)) }
        try check(answer, "connect", "connect to \(name)")
        return socket
    }

    /// Whether a process listens there, found out without a connection that it would notice. To a socket of another
    /// type the kernel answers EPROTOTYPE if there is a listener, and ECONNREFUSED if not (connect(2)).
    ///
    /// - Throws: ``Failure`` of `socket`, and of `connect` for another answer.
    public static func isListening(at name: String, in directory: borrowing Descriptor) throws(Failure) -> Bool {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM)
        do throws(Failure) {
            try check(shim_connect_unix(socket.number, path(name, at: directory)), "connect", "look at \(name)")
            return true
        } catch {
            switch error.errno {
            case .EPROTOTYPE: return true
            case .ECONNREFUSED, .ENOENT: return false
            default: throw error
            }
        }
    }
}

extension Descriptor {
    /// accept4(2).
    public borrowing func accept() throws(Failure) -> Descriptor {
        let number = self.number
        return Descriptor(owning: try check(uninterrupted { shim_accept(number) }, "accept4", "take a connection"))
    }
}
