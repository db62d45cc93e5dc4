import Base
import CShim

/// Sockets for single messages on one host (unix(7), SOCK_DGRAM). None of them waits.
public enum DatagramSocket {
    private static func make() throws(Failure) -> Descriptor {
        let unix: CInt = 1, datagram: CInt = 2, nonBlocking: CInt = 0o4000
        return Descriptor(
            owning: try check(shim_socket(unix, datagram | nonBlocking, 0), "socket", "make a socket"))
    }

    /// bind(2): a socket that gets what is sent to `name` in `folder`, by everybody who can reach it.
    ///
    /// A socket that is there already, and that somebody left behind, is replaced.
    public static func bound(to name: String, at folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        let socket = try make()
        do throws(Failure) { try remove(name, at: folder) } catch  where error.errno == .ENOENT {}
        // By way of its folder, since an address holds 107 bytes.
        let answer = shim_bind_unix(socket.number, "/proc/self/fd/\(folder.number)/\(name)")
        try check(answer, "bind", "listen at \(name)")
        try changeMode(of: name, at: folder, to: 0o777)
        return socket
    }

    /// connect(2): a socket whose messages go to `address`, a path, or after an `@` an abstract name.
    public static func connected(to address: String) throws(Failure) -> Descriptor {
        let socket = try make()
        var bytes = Array(address.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        let answer = shim_connect_unix_address(socket.number, bytes, bytes.count)
        try check(answer, "connect", "connect to \(address)")
        return socket
    }
}
