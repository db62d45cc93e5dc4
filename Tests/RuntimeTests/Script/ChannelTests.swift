import Base
import Linux
import Testing

@testable import Runtime

@Suite("What the two sides say to each other", .timeLimit(.minutes(1)))
struct ChannelTests {
    private func ends(_ body: (borrowing Channel, borrowing Channel) throws -> Void) throws {
        let pair = try SocketPairs.channels()
        try body(pair.host, pair.inside)
    }

    @Test("each message arrives as itself, in either direction")
    func messages() throws {
        let messages: [Message] = [.mapped, .isolated, .hooked, .loading, .handed, .ready, .recorded]
        try ends { host, inside in
            for message in messages {
                try host.send(message)
                try inside.expect(message)
                try inside.send(message)
                try host.expect(message)
            }
        }
        #expect(Set(messages.map(\.tag)).union([Message.failed(Failure("")).tag]).count == 8)
    }

    @Test("a failure may arrive instead of the expected message, with all its parts")
    func failures() throws {
        let failures = [
            Failure("mount proc on /proc", "mount", .EPERM, hint: "a hint").at("/mounts/0"), Failure(""),
            Failure("é \u{0}\n"),
            Failure("a", cause: .init(call: "", errno: Errno(rawValue: 4095)), pointer: "", hint: ""),
        ]
        for failure in failures {
            try ends { host, inside in
                try inside.send(.failed(failure))
                let caught = #expect(throws: Failure.self) { _ = try host.expect(.ready) }
                #expect(caught == failure)
            }
        }
    }

    @Test("between messages, only a failure or a death is heard")
    func pauses() throws {
        try ends { host, inside in
            try host.pause(milliseconds: 1)
            try inside.send(.failed(Failure("one")))
            #expect(#expect(throws: Failure.self) { try host.pause(milliseconds: 1000) }?.action == "one")
            try inside.send(.ready)
            #expect(throws: Failure.self) { try host.pause(milliseconds: 1000) }
        }
        let pair = try Channel.Pair()
        let host = pair.keep(.host)
        #expect(#expect(throws: Failure.self) { try host.pause(milliseconds: 1000) }?.code == .initDied)
    }

    @Test("a failure that is too long for a packet is cut, never lost")
    func long() throws {
        let long = String(repeating: "x", count: 100_000)
        let failure = Failure(long, cause: .init(call: long, errno: .EPERM), pointer: long, hint: long)
        #expect(FailurePacket.encode(failure).count <= FailurePacket.packetLimit)
        try ends { host, inside in
            try host.send(.failed(failure))
            let caught = #expect(throws: Failure.self) { _ = try inside.expect(.hooked) }
            #expect(caught?.errno == .EPERM)
            for part in [caught?.action, caught?.cause?.call, caught?.pointer, caught?.hint] {
                #expect(part == String(repeating: "x", count: 8000))
            }
        }
        // A cut in the middle of a character: its rest is replaced.
        let bytes = FailurePacket.encode(Failure(String(repeating: "é", count: 5000) + "x"))
        #expect(FailurePacket.decode(bytes)?.action == String(repeating: "é", count: 4000))
        let odd = FailurePacket.encode(Failure("x" + String(repeating: "é", count: 5000)))
        #expect(FailurePacket.decode(odd)?.action.hasPrefix("xéé") == true)
    }

    @Test("a side that waits or sends reports the death of the other side")
    func death() throws {
        let waiting = #expect(throws: Failure.self) { _ = try SocketPairs.only(.host).expect(.ready) }
        #expect(waiting?.line == "the container's first process died before it was ready")
        #expect(waiting?.code == .initDied)
        let sending = #expect(throws: Failure.self) { try SocketPairs.only(.host).send(.mapped) }
        #expect(sending?.line == "the container's first process died")
        let inside = #expect(throws: Failure.self) { _ = try SocketPairs.only(.inside).expect(.recorded) }
        #expect(inside?.line == "the runtime died before it was recorded")
        #expect(inside?.code != .initDied)
    }

    @Test("any message but the expected one is a failure")
    func disorder() throws {
        try ends { host, inside in
            try inside.send(.ready)
            let failure = #expect(throws: Failure.self) { _ = try host.expect(.isolated) }
            #expect(failure?.action == "the other side of the runtime said 4 where it had to say isolated")
        }
    }

    @Test("bytes that are no failure cannot be read as one")
    func garbage() {
        let whole = FailurePacket.encode(Failure("action", "open", .ENOENT, hint: "hint").at("/a"))
        #expect(FailurePacket.decode(whole)?.line == "action: no such file or directory (config.json /a); hint: hint")
        for count in 0..<whole.count {
            #expect(FailurePacket.decode(Array(whole.prefix(count))) == nil, "\(count) bytes")
        }
        #expect(FailurePacket.decode([1] + whole.dropFirst()) == nil)
        #expect(FailurePacket.decode([0x30]) == nil)
        // No action: the second part is absent.
        #expect(FailurePacket.decode([0, 0, 0, 0, 0] + [UInt8](repeating: 0xFF, count: 8)) == nil)
    }
}

/// Both ends in one process. A tuple cannot hold noncopyable values, so the pair is a type.
private struct SocketPairs: ~Copyable {
    let host: Channel
    let inside: Channel

    static func channels() throws(Failure) -> SocketPairs {
        let ends = try SocketPair()
        return SocketPairs(
            host: Channel(try ends.first.duplicate(), .host), inside: Channel(try ends.second.duplicate(), .inside))
    }

    /// The end of `side`; the other one is closed.
    static func only(_ side: Side) throws(Failure) -> Channel { try Channel.Pair().keep(side) }
}
