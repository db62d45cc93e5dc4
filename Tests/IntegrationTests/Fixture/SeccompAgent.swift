import Glibc

/// A seccomp agent. It waits for a runtime that hands over a listener, and decides on the calls of a container
/// (seccomp_unotify(2)).
struct SeccompAgent: ~Copyable {
    private let socket: ListeningSocket

    /// Listens at `path`.
    ///
    /// - Parameter backlog: How many connections may wait to be accepted.
    init(at path: String, backlog: Int32 = 5) throws { socket = try ListeningSocket(at: path, backlog: backlog) }

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
        let connection = try socket.accept(within: limit)
        var text: [UInt8] = [], first: [Int32] = [], later: [Int32] = []
        var state: JSON?
        while state == nil {
            let (bytes, descriptors) = try connection.receive(within: limit)
            guard !bytes.isEmpty else { throw FixtureFailure("the runtime sent no whole state") }
            if text.isEmpty { first = descriptors } else { later += descriptors }
            text += bytes
            state = try? JSON(String(decoding: text, as: UTF8.self))
        }
        let rest = connection.isReady(within: 2) ? try connection.receive(within: limit) : ([0], [])
        later += rest.1
        for extra in first.dropFirst() + later { close(extra) }
        return Handover(
            state: state ?? .null, count: (first.count, later.count), isClosed: rest.0.isEmpty,
            listener: Listener(number: first.first ?? -1))
    }

    /// Takes a connection and closes it at once.
    func refuse(within limit: Double = 60) throws { _ = try socket.accept(within: limit) }
}

/// The listener of a seccomp filter.
struct Listener: ~Copyable {
    let number: Int32

    deinit { if number >= 0 { close(number) } }

    /// A waiting call (`struct seccomp_notif`).
    struct Call {
        var id: UInt64
        var pid: UInt32
        var number: Int32
    }

    enum Answer {
        case errno(Int32)
        /// SECCOMP_USER_NOTIF_FLAG_CONTINUE: the kernel performs the call.
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

    /// SECCOMP_IOCTL_NOTIF_RECV; nil if the caller has ended meanwhile.
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
