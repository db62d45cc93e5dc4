import Base

/// The two sides that walk a script.
enum Side: Equatable {
    /// The runtime, in the caller's namespaces.
    case host
    /// Init, or the process of `exec`. It becomes the program.
    case inside

    var word: String {
        switch self {
        case .host: "host"
        case .inside: "inside"
        }
    }
}

/// What the two sides say to each other, one packet per message: over the socketpair, and through the start gate.
enum Message: Equatable {
    /// init -> host: I am in the container's user namespace.
    case entered
    /// host -> init: your user-namespace maps are written, and the host is back in its own namespaces.
    case mapped
    /// init -> host: my namespaces (except a pid namespace that I join) and the mounts of config.json are there; move
    /// the network devices and run the prestart and createRuntime hooks.
    case isolated
    /// host -> init: the hooks have run.
    case hooked
    /// init -> host: here is the master of my terminal.
    case terminal
    /// init -> host: my next step loads the seccomp filter, which has a listener.
    case loading
    /// host -> init: the seccomp agent has the listener.
    case handed
    /// init -> host: I am set up. What is left comes after `start`: hooks, the seccomp filter, execve.
    case ready
    /// host -> init: the container is recorded.
    case recorded
    /// init -> host: my child takes my place; here is its pidfd.
    case successor
    /// host -> the child: you are init now.
    case taken
    /// `start` -> init: become the program.
    case started
    /// either -> other: I failed, and this is why. It may come in place of any other message.
    case failed(Failure)

    var tag: UInt8 {
        switch self {
        case .failed: 0
        case .mapped: 1
        case .isolated: 2
        case .hooked: 3
        case .ready: 4
        case .recorded: 5
        case .loading: 6
        case .handed: 7
        case .terminal: 8
        case .entered: 9
        case .successor: 10
        case .taken: 11
        case .started: 12
        }
    }

    var word: String {
        switch self {
        case .failed: "failed"
        case .mapped: "mapped"
        case .isolated: "isolated"
        case .hooked: "hooked"
        case .ready: "ready"
        case .recorded: "recorded"
        case .loading: "loading"
        case .handed: "handed"
        case .terminal: "terminal"
        case .entered: "entered"
        case .successor: "successor"
        case .taken: "taken"
        case .started: "started"
        }
    }
}

/// A ``Failure`` as bytes, so that it reaches the other process with all its parts except `document`.
///
/// Layout, little-endian: tag 0; errno in 4 bytes (0 for no errno); then call, action, pointer, hint and code, each as
/// a length in 2 bytes and UTF-8 text. An absent part has length 0xFFFF. Every part is cut to ``partLimit`` bytes. Call
/// and code are always short, so the packet fits ``packetLimit``.
enum FailurePacket {
    static let packetLimit = 32768
    private static let partLimit = 8000
    private static let absent: UInt16 = 0xFFFF

    static func encode(_ failure: Failure) -> [UInt8] {
        var bytes: [UInt8] = [0]
        let errno = UInt32(bitPattern: failure.errno?.rawValue ?? 0)
        for shift in [UInt32(0), 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: errno >> shift)) }
        for part in [failure.cause?.call, failure.action, failure.pointer, failure.hint, failure.code?.rawValue] {
            guard let part else {
                bytes += [0xFF, 0xFF]
                continue
            }
            let text = part.utf8.prefix(partLimit)
            bytes += [UInt8(truncatingIfNeeded: text.count), UInt8(truncatingIfNeeded: text.count >> 8)]
            bytes += text
        }
        return bytes
    }

    /// Reads a failure back.
    ///
    /// - Returns: nil if `bytes` are not a failure packet.
    static func decode(_ bytes: [UInt8]) -> Failure? {
        guard bytes.count >= 5, bytes[0] == 0 else { return nil }
        var errno: UInt32 = 0
        for index in 1...4 { errno |= UInt32(bytes[index]) << (8 * UInt32(index - 1)) }
        var rest = bytes[5...]
        var parts: [String?] = []
        while parts.count < 5 {
            guard rest.count >= 2 else { return nil }
            let length = UInt16(rest[rest.startIndex]) | UInt16(rest[rest.startIndex + 1]) << 8
            rest = rest.dropFirst(2)
            if length == absent {
                parts.append(nil)
                continue
            }
            guard rest.count >= Int(length) else { return nil }
            parts.append(String(decoding: rest.prefix(Int(length)), as: UTF8.self))
            rest = rest.dropFirst(Int(length))
        }
        guard let action = parts[1] else { return nil }
        let cause = parts[0].map { Failure.Cause(call: $0, errno: Errno(rawValue: CInt(bitPattern: errno))) }
        return Failure(
            action, cause: cause, pointer: parts[2], hint: parts[3], code: parts[4].flatMap(Failure.Code.init))
    }
}
