import Base
import CShim

/// Sockets for single messages on one host (unix(7), SOCK_DGRAM).
public enum DatagramSocket {
    /// bind(2): makes a non-blocking socket for messages to `name` in `folder`. Every process that can reach the name
    /// may send.
    ///
    /// An existing socket of that name, which an earlier process left behind, is replaced.
    public static func bound(to name: String, at folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM, nonBlocking: true)
        do throws(Failure) { try folder.unlinkat(name) } catch  where error.errno == .ENOENT {}
        // The path goes through the folder's descriptor, since an address holds 107 bytes.
        let answer = shim_bind_unix(socket.number, "/proc/self/fd/\(folder.number)/\(name)")
        try check(answer, "bind", "listen at \(name)")
        try folder.fchmodat(name, mode: 0o777)
        return socket
    }

    /// connect(2): makes a socket whose messages go to `address`, a path, or an abstract name after an `@`.
    ///
    /// - Parameter patience: How many seconds each message may wait behind others (socket(7), SO_SNDTIMEO); after that
    ///   its error is EAGAIN.
    public static func connected(to address: String, patience: Int64) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM)
        try check(shim_set_send_timeout(socket.number, patience), "setsockopt", "limit the time of a message")
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
