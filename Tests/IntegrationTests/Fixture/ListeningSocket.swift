import Glibc

/// A UNIX socket on which a runtime hands over a descriptor: a seccomp agent's, a console socket, a pidfd socket.
struct ListeningSocket: ~Copyable {
    private let socket: Int32

    /// Listens at `path`.
    ///
    /// - Parameter backlog: How many connections may wait to be accepted.
    init(at path: String, backlog: Int32 = 5) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // The address leads through a descriptor of the folder, since an address holds only 107 bytes.
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard Self.withAddress("/proc/self/fd/\(folder)\(path[slash...])", { bind(socket, $0, $1) }) == 0,
            listen(socket, backlog) == 0
        else { throw FixtureFailure.errno("listen at \(path)") }
    }

    deinit { close(socket) }

    /// Keeps the socket open until the tests end, and answers nobody.
    static func leave(_ listening: consuming ListeningSocket) { _ = fcntl(listening.socket, F_DUPFD_CLOEXEC, 0) }

    /// Makes a connection of our own, which fills the backlog.
    static func connect(to path: String) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(AF_UNIX, flags, 0)
        _ = withAddress(path) { Glibc.connect(number, $0, $1) }
        return number
    }

    /// Lends the address of the socket at `path`, of which it holds at most 107 bytes.
    static func withAddress(
        _ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            for (index, byte) in path.utf8.prefix(107).enumerated() { bytes[index] = byte }
        }
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
        }
    }

    /// Waits for a runtime to connect.
    func accept(within limit: Double = 60) throws -> Connection {
        guard Connection.isReady(socket, limit) else { throw FixtureFailure("no runtime came") }
        let end = Glibc.accept(socket, nil, nil)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        return Connection(end: end)
    }

    /// A runtime that has connected.
    struct Connection: ~Copyable {
        fileprivate let end: Int32

        deinit { close(end) }

        /// Whether there is something to read, or the end.
        func isReady(within limit: Double) -> Bool { Self.isReady(end, limit) }

        fileprivate static func isReady(_ number: Int32, _ limit: Double) -> Bool {
            var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            return poll(&entry, 1, Int32(limit * 1000)) > 0
        }

        /// recvmsg(2) with the descriptors beside the bytes (cmsg(3): a header of 16 bytes, then the numbers).
        func receive(within limit: Double = 60) throws -> (bytes: [UInt8], descriptors: [Int32]) {
            guard isReady(within: limit) else { throw FixtureFailure("the runtime sent nothing") }
            var bytes = [UInt8](repeating: 0, count: 65536), control = [UInt64](repeating: 0, count: 16)
            var descriptors: [Int32] = []
            let count = bytes.withUnsafeMutableBytes { bytes in
                control.withUnsafeMutableBytes { control in
                    var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
                    return withUnsafeMutablePointer(to: &part) { part in
                        var message = msghdr()
                        message.msg_iov = part
                        message.msg_iovlen = 1
                        message.msg_control = control.baseAddress
                        message.msg_controllen = control.count
                        let count = recvmsg(end, &message, Int32(MSG_CMSG_CLOEXEC))
                        if message.msg_controllen >= 20 {
                            let length = control.load(as: Int.self)
                            for offset in stride(from: 16, to: length, by: 4) {
                                descriptors.append(control.load(fromByteOffset: offset, as: Int32.self))
                            }
                        }
                        return count
                    }
                }
            }
            guard count >= 0 else { throw FixtureFailure.errno("read what the runtime sent") }
            return (Array(bytes[..<count]), descriptors)
        }
    }
}

/// Sends `text` at a connected socket, with descriptors of ours beside it.
///
/// - Returns: How many bytes went, -1 if it failed.
func send(_ text: String, passing descriptors: [Int32], to socket: Int32) -> Int {
    var bytes = Array(text.utf8), control = [UInt64](repeating: 0, count: 16)
    return bytes.withUnsafeMutableBytes { bytes in
        control.withUnsafeMutableBytes { control in
            let rights: Int32 = 1, length = 16 + 4 * descriptors.count
            control.storeBytes(of: length, as: Int.self)
            control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
            control.storeBytes(of: rights, toByteOffset: 12, as: Int32.self)
            for (index, descriptor) in descriptors.enumerated() {
                control.storeBytes(of: descriptor, toByteOffset: 16 + 4 * index, as: Int32.self)
            }
            var part = iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
            return withUnsafeMutablePointer(to: &part) { part in
                var message = msghdr()
                message.msg_iov = part
                message.msg_iovlen = 1
                message.msg_control = descriptors.isEmpty ? nil : control.baseAddress
                message.msg_controllen = descriptors.isEmpty ? 0 : length
                return sendmsg(socket, &message, 0)
            }
        }
    }
}
