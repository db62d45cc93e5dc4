import Base
import CShim

/// Returns a path to `name` through the descriptor of its directory. The address of a socket holds 107 bytes (unix(7)),
/// so the path fits however long that of the directory is. Only a `name` of more than about 85 bytes does not fit; the
/// error is then ENAMETOOLONG.
///
/// It goes through /proc without ``Proc``, since a socket's address can only be a path. Only the host side makes or
/// finds sockets. Whoever can mount over the host's /proc could as well replace the directory itself.
func shortPath(_ name: String, at directory: borrowing Descriptor) -> String {
    "/proc/self/fd/\(directory.number)/\(name)"
}

/// A socket that waits for connections at a name in a directory (unix(7), SOCK_SEQPACKET: packets keep their
/// boundaries).
///
/// Unlike a FIFO or a file, it cannot be opened through /proc/PID/fd: open(2) of a socket is ENXIO.
public enum ListeningSocket {
    /// bind(2) and listen(2).
    ///
    /// - Throws: ``Failure``: EADDRINUSE if the name exists already.
    public static func make(_ name: String, at directory: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_SEQPACKET)
        try check(shim_bind_unix(socket.number, shortPath(name, at: directory)), "bind", "listen at \(name)")
        try check(shim_listen(socket.number, 8), "listen", "listen at \(name)")
        return socket
    }

    /// connect(2).
    ///
    /// - Throws: ``Failure``: ECONNREFUSED if no process listens there any more, ENOENT if there is no such name.
    public static func connect(to name: String, at directory: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_SEQPACKET)
        let answer = uninterrupted { shim_connect_unix(socket.number, shortPath(name, at: directory)) }
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
            try check(shim_connect_unix(socket.number, shortPath(name, at: directory)), "connect", "look at \(name)")
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

/// Sockets for single messages on one host (unix(7), SOCK_DGRAM).
public enum DatagramSocket {
    /// bind(2): makes a non-blocking socket for messages to `name` in `folder`. Every process that can reach the name
    /// may send.
    ///
    /// An existing socket of that name, which an earlier process left behind, is replaced.
    ///
    /// - Throws: ``Failure`` of the call that failed; ENAMETOOLONG for a name that does not fit in a socket's address.
    public static func bound(to name: String, at folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM, nonBlocking: true)
        do throws(Failure) { try folder.unlinkat(name) } catch  where error.errno == .ENOENT {}
        try check(shim_bind_unix(socket.number, shortPath(name, at: folder)), "bind", "listen at \(name)")
        try folder.fchmodat(name, mode: 0o777)
        return socket
    }

    /// connect(2): makes a socket whose messages go to `address`, a path, or an abstract name after an `@`.
    ///
    /// - Parameter milliseconds: How long each message may wait behind others (socket(7), SO_SNDTIMEO); after that its
    ///   error is EAGAIN.
    public static func connected(to address: String, sendingWithin milliseconds: Int) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM)
        try check(
            shim_set_send_timeout(socket.number, Int64(milliseconds)), "setsockopt", "limit the time of a message")
        var bytes = Array(address.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        let answer = shim_connect_unix_address(socket.number, bytes, bytes.count)
        try check(answer, "connect", "connect to \(address)")
        return socket
    }
}

extension Descriptor {
    /// read(2) of one message, at most `limit` bytes of it; nil if there is none now.
    ///
    /// The kernel closes descriptors that come with it, since we offer no room for them. So a sender cannot fill our
    /// descriptor table.
    public borrowing func readMessage(limit: Int) throws(Failure) -> [UInt8]? {
        let number = self.number
        var answer = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            answer = uninterrupted { shim_read(number, buffer.baseAddress, limit) }
            count = max(answer, 0)
        }
        do throws(Failure) { try check(answer, "read", "read a message") } catch  where error.errno == .EAGAIN {
            return nil
        }
        return bytes
    }
}
