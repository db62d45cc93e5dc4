import Glibc

/// A seccomp agent: it listens for a runtime that hands over a listener, and decides on the calls of a container
/// (seccomp_unotify(2)).
struct SeccompAgent: ~Copyable {
    private let socket: Int32

    /// Listens at `path`.
    ///
    /// - Parameter backlog: How many may wait to be accepted.
    init(at path: String, backlog: Int32 = 5) throws {
        socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        // By way of its folder, since an address holds 107 bytes.
        let slash = path.lastIndex(of: "/") ?? path.startIndex
        let folder = open(String(path[..<slash]), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard Self.withAddress("/proc/self/fd/\(folder)\(path[slash...])", { bind(socket, $0, $1) }) == 0,
            listen(socket, backlog) == 0
        else { throw FixtureFailure.errno("listen at \(path)") }
    }

    deinit { close(socket) }

    /// Lets an agent listen to the end of the tests, and answer nobody.
    static func leave(_ agent: consuming SeccompAgent) { _ = fcntl(agent.socket, F_DUPFD_CLOEXEC, 0) }

    /// A connection of our own, which fills the backlog.
    static func connect(to path: String) -> Int32 {
        let flags = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let number = Glibc.socket(AF_UNIX, flags, 0)
        _ = withAddress(path) { Glibc.connect(number, $0, $1) }
        return number
    }

    private static func withAddress(
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

    /// What a runtime sent over one connection.
    struct Handover: ~Copyable {
        /// The container process state.
        var state: JSON
        /// How many descriptors came with the first message, and with all others.
        var count: (first: Int, later: Int)
        /// Whether the runtime closed the connection after it.
        var isClosed: Bool
        var listener: Listener
    }

    /// Waits for a runtime, and reads until there is a whole state.
    func accept(within limit: Double = 60) throws -> Handover {
        let end = try Self.accept(socket, limit)
        defer { close(end) }
        var text: [UInt8] = [], first: [Int32] = [], later: [Int32] = []
        var state: JSON?
        while state == nil {
            let (bytes, descriptors) = try Self.receive(end, limit)
            guard !bytes.isEmpty else { throw FixtureFailure("the runtime sent no whole state") }
            if text.isEmpty { first = descriptors } else { later += descriptors }
            text += bytes
            state = try? JSON(String(decoding: text, as: UTF8.self))
        }
        let rest = Self.isReady(end, 2) ? try Self.receive(end, limit) : ([0], [])
        later += rest.1
        for extra in first.dropFirst() + later { close(extra) }
        return Handover(
            state: state ?? .null, count: (first.count, later.count), isClosed: rest.0.isEmpty,
            listener: Listener(number: first.first ?? -1))
    }

    /// Takes a connection and closes it at once.
    func refuse(within limit: Double = 60) throws { close(try Self.accept(socket, limit)) }

    private static func accept(_ socket: Int32, _ limit: Double) throws -> Int32 {
        guard isReady(socket, limit) else { throw FixtureFailure("no runtime came to the agent") }
        let end = Glibc.accept(socket, nil, nil)
        _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        return end
    }

    private static func isReady(_ number: Int32, _ limit: Double) -> Bool {
        var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
        return poll(&entry, 1, Int32(limit * 1000)) > 0
    }

    /// recvmsg(2) with the descriptors beside the bytes (cmsg(3): a header of 16 bytes, then the numbers).
    private static func receive(_ number: Int32, _ limit: Double) throws -> ([UInt8], [Int32]) {
        guard isReady(number, limit) else { throw FixtureFailure("the runtime sent nothing") }
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
                    let count = recvmsg(number, &message, Int32(MSG_CMSG_CLOEXEC))
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

/// The listener of a seccomp filter.
struct Listener: ~Copyable {
    let number: Int32

    deinit { if number >= 0 { close(number) } }

    /// A call that waits (`struct seccomp_notif`).
    struct Call {
        var id: UInt64
        var pid: UInt32
        var number: Int32
    }

    enum Answer {
        case errno(Int32)
        /// SECCOMP_USER_NOTIF_FLAG_CONTINUE: the kernel does the call.
        case goOn
    }

    /// Answers calls with what `decide` says, until no process has the filter any more (POLLHUP).
    ///
    /// - Returns: The calls.
    func serve(within limit: Double = 120, _ decide: (Call) -> Answer) throws -> [Call] {
        let end = Clock.now + limit
        var calls: [Call] = []
        while true {
            var entry = pollfd(fd: number, events: Int16(POLLIN), revents: 0)
            let left = end - Clock.now
            guard left > 0, poll(&entry, 1, Int32(left * 1000)) > 0 else {
                throw FixtureFailure("the container goes on, after \(calls.count) calls")
            }
            guard entry.revents & Int16(POLLIN) != 0 else { return calls }
            guard let call = receive() else { continue }
            calls.append(call)
            send(decide(call), to: call)
        }
    }

    /// SECCOMP_IOCTL_NOTIF_RECV; nil where the caller is gone meanwhile.
    private func receive() -> Call? {
        var notification = [UInt64](repeating: 0, count: 10)
        guard ioctl(number, 0xC050_2100, &notification) == 0 else { return nil }
        return Call(
            id: notification[0], pid: UInt32(truncatingIfNeeded: notification[1]),
            number: Int32(truncatingIfNeeded: notification[2]))
    }

    /// SECCOMP_IOCTL_NOTIF_SEND of a `struct seccomp_notif_resp`: id, value, error and flags.
    private func send(_ answer: Answer, to call: Call) {
        var response = [call.id, 0, 0]
        switch answer {
        case .errno(let errno): response[2] = UInt64(UInt32(bitPattern: -errno))
        case .goOn: response[2] = 1 << 32
        }
        _ = ioctl(number, 0xC018_2101, &response)
    }
}
