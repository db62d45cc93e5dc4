import Base
import CShim

extension Descriptor {
    /// socket(2).
    ///
    /// - Parameters:
    ///   - family: `AF_*`.
    ///   - type: `SOCK_*`; SOCK_CLOEXEC is added.
    ///   - nonBlocking: SOCK_NONBLOCK.
    ///   - protocol: A protocol of the family; 0 is its usual one.
    static func socket(
        _ family: CInt, _ type: __socket_type, nonBlocking: Bool = false, protocol: CInt = 0,
        _ action: @autoclosure () -> String = "make a socket"
    ) throws(Failure) -> Descriptor {
        let type = type.rawValue | (nonBlocking ? SOCK_NONBLOCK.rawValue : 0)
        return Descriptor(owning: try check(shim_socket(family, CInt(type), `protocol`), "socket", action()))
    }
}

/// Both ends of a socketpair. A tuple cannot hold values that are not copyable (Swift 6.3), so the pair is a type.
public struct SocketPair: ~Copyable {
    /// One end.
    public var first: Descriptor
    /// The other.
    public var second: Descriptor

    /// socketpair(2), AF_UNIX, SOCK_SEQPACKET: packets keep their boundaries, and an end of file means that the other
    /// side died.
    public init() throws(Failure) {
        var ends: (CInt, CInt) = (-1, -1)
        let answer = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: CInt.self, capacity: 2) { shim_socketpair_seqpacket($0) }
        }
        try check(answer, "socketpair", "open a channel")
        first = Descriptor(owning: ends.0)
        second = Descriptor(owning: ends.1)
    }

    /// Closes the second end and keeps the first.
    public consuming func keepFirst() -> Descriptor { first }

    /// Closes the first end and keeps the second.
    public consuming func keepSecond() -> Descriptor { second }
}

/// A received packet, and the descriptor that came with it.
public struct Packet: ~Copyable {
    /// Its bytes; empty at the end of file.
    public var bytes: [UInt8]
    /// The descriptor that came with it by SCM_RIGHTS, or ``Descriptor/none``.
    public var descriptor: Descriptor

    /// Gives the descriptor away.
    public consuming func takeDescriptor() -> Descriptor { descriptor }
}

extension Descriptor {
    /// sendmsg(2) of one packet, with the descriptor `passing` attached unless it is -1.
    public borrowing func send(_ bytes: [UInt8], passing descriptor: CInt = -1) throws(Failure) {
        let number = self.number
        let answer = uninterrupted { shim_send(number, bytes, bytes.count, descriptor) }
        try check(answer, "sendmsg", "send a packet")
    }

    /// recvmsg(2) of one packet of at most `limit` bytes; a truncated one is an error.
    public borrowing func receive(limit: Int) throws(Failure) -> Packet {
        let number = self.number
        var passed: CInt = -1
        var flags: CInt = 0
        var answer = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            answer = uninterrupted { shim_receive(number, buffer.baseAddress, limit, &passed, &flags) }
            count = max(answer, 0)
        }
        let descriptor = Descriptor(owning: passed)
        try check(answer, "recvmsg", "receive a packet")
        guard flags & CInt(MSG_TRUNC | MSG_CTRUNC) == 0 else { throw Failure("a packet was truncated") }
        return Packet(bytes: bytes, descriptor: descriptor)
    }
}

/// A pipe: what is written at one end is read at the other (pipe2(2)).
public struct Pipe: ~Copyable {
    /// The end to read from.
    public let reader: Descriptor
    /// The end to write to.
    public let writer: Descriptor

    /// Opens both ends, close-on-exec.
    ///
    /// - Throws: ``Failure`` of `pipe2`.
    public init() throws(Failure) {
        var ends: (CInt, CInt) = (-1, -1)
        let answer = withUnsafeMutablePointer(to: &ends) {
            $0.withMemoryRebound(to: CInt.self, capacity: 2) { shim_pipe2($0, 0) }
        }
        try check(answer, "pipe2", "open a pipe")
        reader = Descriptor(owning: ends.0)
        writer = Descriptor(owning: ends.1)
    }

    /// Closes the writing end and keeps the other. A parent does this first after a clone.
    public consuming func keepReader() -> Descriptor { reader }
}
