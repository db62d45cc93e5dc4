import Base
import CShim

/// A connection to a program that listens on a UNIX socket (unix(7), SOCK_STREAM). No call here waits without a limit,
/// since the other side may hang.
public struct StreamSocket: ~Copyable {
    private let end: Descriptor
    private let path: String
    private var deadline: Int64

    /// connect(2) to the program that listens at `path`.
    ///
    /// - Parameters:
    ///   - path: Relative to the current directory, or absolute. It may be longer than a socket's address, but its last
    ///     part may not (ENAMETOOLONG).
    ///   - milliseconds: The time for connecting and all sends together.
    /// - Throws: ``Failure``: ENOENT if there is no socket, ECONNREFUSED if no program listens, EAGAIN if the
    ///   listener's queue of connections stayed full.
    public init(to path: String, within milliseconds: Int) throws(Failure) {
        guard !path.isEmpty, !path.utf8.contains(0) else {
            throw Failure("connect to \(quoted(path))", "connect", .ENOENT)
        }
        let socket = try Descriptor.socket(AF_UNIX, SOCK_STREAM, nonBlocking: true)
        let deadline = Clock.deadline(milliseconds: milliseconds)
        var answer = try Self.connect(socket.number, to: path)
        // The listener's queue of connections that wait for accept(2) is full.
        while answer == -Errno.EAGAIN.rawValue, Clock.monotonic() < deadline {
            Clock.sleep(milliseconds: 1)
            answer = try Self.connect(socket.number, to: path)
        }
        try check(answer, "connect", "connect to \(path)")
        end = socket
        self.path = path
        self.deadline = deadline
    }

    /// connect(2) to the program that listens at an abstract name (unix(7)), which is in no directory.
    public init(toAbstract name: String, within milliseconds: Int) throws(Failure) {
        let socket = try Descriptor.socket(AF_UNIX, SOCK_STREAM, nonBlocking: true)
        let bytes = [0] + Array(name.utf8)
        try check(shim_connect_unix_address(socket.number, bytes, bytes.count), "connect", "connect to @\(name)")
        end = socket
        path = "@\(name)"
        deadline = Clock.deadline(milliseconds: milliseconds)
    }

    /// No connection.
    public static var none: StreamSocket { StreamSocket() }

    private init() {
        end = .none
        path = ""
        deadline = 0
    }

    /// Connects by a short path. An address holds 107 bytes; a longer path goes through the descriptor of its
    /// directory.
    private static func connect(_ number: CInt, to path: String) throws(Failure) -> CInt {
        guard path.utf8.count >= Int(UNIX_PATH_MAX) else { return uninterrupted { shim_connect_unix(number, path) } }
        let slash = path.utf8.lastIndex(of: UInt8(ascii: "/"))
        let parent = slash.map { path[...$0] } ?? "."
        let name = slash.map { path[path.utf8.index(after: $0)...] } ?? path[...]
        let directory = try open(String(parent), [.path, .directory])
        let short = shortPath(String(name), at: directory)
        return uninterrupted { shim_connect_unix(number, short) }
    }

    /// sendmsg(2) of all `bytes`, with a descriptor attached to the first (SCM_RIGHTS).
    ///
    /// - Throws: ``Failure``: EPIPE if the other side has closed, EAGAIN if it did not read in time.
    public borrowing func send(_ bytes: [UInt8], passing descriptor: borrowing Descriptor = .none) throws(Failure) {
        let number = end.number
        var passed = descriptor.number
        var sent = 0
        while sent < bytes.count {
            let answer = bytes.withUnsafeBytes { bytes in
                let rest = UnsafeRawBufferPointer(rebasing: bytes.dropFirst(sent))
                return uninterrupted { shim_send(number, rest.baseAddress, rest.count, passed) }
            }
            if answer == -Int(Errno.EAGAIN.rawValue), waitForRoom() { continue }
            sent += try check(answer, "sendmsg", "send to \(path)")
            passed = -1
        }
    }

    /// - Returns: False after the deadline.
    private borrowing func waitForRoom() -> Bool {
        guard Clock.monotonic() < deadline else { return false }
        var entry = shim_pollfd(fd: end.number, events: CShort(POLLOUT), revents: 0)
        _ = poll(&entry, 1, until: deadline)
        return true
    }

    /// Gives what follows its own time, instead of what is left of the time for connecting.
    public mutating func allow(milliseconds: Int) { deadline = Clock.deadline(milliseconds: milliseconds) }

    /// read(2) of what has arrived, at most `limit` bytes. If there is nothing, waits for it.
    ///
    /// - Returns: An empty array at the end of file.
    /// - Throws: ``Failure``: ETIMEDOUT if nothing arrived in time.
    public borrowing func receive(limit: Int) throws(Failure) -> [UInt8] {
        let left = Clock.milliseconds(until: deadline)
        guard end.waitUntilReadable(within: Int(left)) else {
            throw Failure("wait for an answer from \(path)", "recvmsg", .ETIMEDOUT)
        }
        return try end.readMessage(limit: limit) ?? []
    }
}
