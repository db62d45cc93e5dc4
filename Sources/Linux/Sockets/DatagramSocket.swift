import Base
import CShim

/// Sockets for single messages on one host (unix(7), SOCK_DGRAM).
public enum DatagramSocket {
    /// bind(2): a socket, not waiting, that gets what is sent to `name` in `folder`, by everybody who can reach it.
    ///
    /// A socket that is there already, and that somebody left behind, is replaced.
    public static func bound(to name: String, at folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_DGRAM, nonBlocking: true)
        do throws(Failure) { try folder.unlinkat(name) } catch  where error.errno == .ENOENT {}
        // By way of its folder, since an address holds 107 bytes.
        let answer = shim_bind_unix(socket.number, "/proc/self/fd/\(folder.number)/\(name)")
        try check(answer, "bind", "listen at \(name)")
        try folder.fchmodat(name, mode: 0o777)
        return socket
    }

    /// connect(2): a socket whose messages go to `address`, a path, or after an `@` an abstract name.
    ///
    /// - Parameter patience: For how many seconds each message waits behind others (socket(7), SO_SNDTIMEO); then EAGAIN is its
    ///   error.
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
    /// read(2) of one message, of which at most `limit` bytes are taken; nil if there is none now.
    ///
    /// Descriptors that come with it are closed by the kernel, since there is no room for them: whoever sends them cannot fill
    /// our table.
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
