import Base
import CShim

/// A socket of NETLINK_ROUTE (rtnetlink(7)). It belongs to the network namespace in which we opened it, and stays
/// there even if we enter another.
public struct RouteSocket: ~Copyable {
    private let socket: Descriptor
    private var count: UInt32 = 0

    /// socket(2) in our current network namespace.
    ///
    /// - Throws: ``Failure`` of `socket`.
    public init() throws(Failure) {
        socket = try .socket(AF_NETLINK, SOCK_RAW, protocol: NETLINK_ROUTE, "talk to rtnetlink")
    }

    private init(_ socket: consuming Descriptor) { self.socket = socket }

    /// No socket yet: the kernel answers EBADF.
    public static var none: RouteSocket { RouteSocket(.none) }

    /// Sends a request that changes something, and waits until the kernel confirms it (NLM_F_ACK).
    ///
    /// - Throws: ``Failure`` with the kernel's errno, as an error of `rtnetlink`.
    mutating func change(_ request: RouteRequest, _ action: @autoclosure () -> String) throws(Failure) {
        let number = try send(request)
        while true {
            for reply in try receive(number) where reply.kind == Int(NLMSG_ERROR) {
                try check(reply.body.number(at: 0, as: Int32.self), "rtnetlink", action())
                return
            }
        }
    }

    /// Sends a request for a list (NLM_F_DUMP).
    ///
    /// If the list changed while the kernel wrote it (NLM_F_DUMP_INTR), we ask again, up to eight times in all. We
    /// then use the last list: other containers come and go, and a change seldom concerns what this container needs.
    ///
    /// - Parameter kind: `RTM_*` of the messages that form the list.
    mutating func list(
        _ request: RouteRequest, of kind: Int, _ action: @autoclosure () -> String
    ) throws(Failure) -> [RouteReply] {
        var list: [RouteReply] = []
        for _ in 0..<8 {
            var wasInterrupted = false
            list = try listOnce(request, of: kind, action(), &wasInterrupted)
            if !wasInterrupted { break }
        }
        return list
    }

    private mutating func listOnce(
        _ request: RouteRequest, of kind: Int, _ action: String, _ wasInterrupted: inout Bool
    ) throws(Failure) -> [RouteReply] {
        let number = try send(request)
        var list: [RouteReply] = []
        while true {
            for reply in try receive(number) {
                if reply.flags & NLM_F_DUMP_INTR != 0 { wasInterrupted = true }
                switch reply.kind {
                case Int(NLMSG_ERROR), Int(NLMSG_DONE):
                    try check(reply.body.number(at: 0, as: Int32.self), "rtnetlink", action)
                    return list
                case kind: list.append(reply)
                default: continue
                }
            }
        }
    }

    /// - Returns: The request's number.
    private mutating func send(_ request: RouteRequest) throws(Failure) -> UInt32 {
        count += 1
        try socket.send(request.numbered(count))
        return count
    }

    /// Receives the next packet and returns its answers to request `number`.
    private borrowing func receive(_ number: UInt32) throws(Failure) -> [RouteReply] {
        let packet = try socket.receive(limit: 65536)
        let replies = RouteReply.list(packet.bytes)
        guard !replies.isEmpty else { throw Failure("rtnetlink gave no answer") }
        return replies.filter { $0.number == number }
    }
}

/// A request of rtnetlink(7), in the machine's byte order: a header, a fixed part, and attributes, each padded to four
/// bytes (netlink(7)).
struct RouteRequest {
    /// The whole request; ``numbered(_:)`` fills in the header's length and number.
    private var bytes: [UInt8] = []

    /// - Parameters:
    ///   - kind: `RTM_*`.
    ///   - flags: `NLM_F_*` in addition to NLM_F_REQUEST.
    init(_ kind: Int, flags: CInt) {
        // struct nlmsghdr: length (written at the end), type, flags, sequence, port.
        append(UInt32(0))
        append(UInt16(kind))
        append(UInt16(flags | NLM_F_REQUEST))
        append(UInt32(0))
        append(UInt32(0))
    }

    /// Adds a number of the fixed part.
    mutating func append<I: FixedWidthInteger>(_ number: I) {
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    /// Adds an attribute (rtattr).
    mutating func attribute(_ kind: Int, _ value: some Collection<UInt8>) {
        append(UInt16(4 + value.count))
        append(UInt16(kind))
        bytes.append(contentsOf: value)
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    /// Adds an attribute that is a number.
    mutating func attribute<I: FixedWidthInteger>(_ kind: Int, number: I) {
        withUnsafeBytes(of: number) { attribute(kind, Array($0)) }
    }

    /// Returns the bytes to send, with the length, and with a number that the answer repeats.
    func numbered(_ number: UInt32) -> [UInt8] {
        var bytes = bytes
        bytes.withUnsafeMutableBytes { bytes in
            bytes.storeBytes(of: UInt32(bytes.count), toByteOffset: 0, as: UInt32.self)
            bytes.storeBytes(of: number, toByteOffset: 8, as: UInt32.self)
        }
        return bytes
    }
}

/// A message from the kernel.
struct RouteReply {
    /// `RTM_*`, or NLMSG_ERROR, NLMSG_DONE.
    let kind: Int
    /// `NLM_F_*`.
    let flags: CInt
    /// The number of the request that it answers.
    let number: UInt32
    /// The bytes after the header.
    let body: ArraySlice<UInt8>

    /// Splits a packet into its messages; a truncated one ends the list.
    static func list(_ packet: [UInt8]) -> [RouteReply] {
        var list: [RouteReply] = []
        var rest = packet[...]
        while rest.count >= 16 {
            let length = Int(rest.number(at: 0, as: UInt32.self))
            guard length >= 16, length <= rest.count else { break }
            list.append(
                RouteReply(
                    kind: Int(rest.number(at: 4, as: UInt16.self)),
                    flags: CInt(rest.number(at: 6, as: UInt16.self)),
                    number: rest.number(at: 8, as: UInt32.self), body: rest.dropFirst(16).prefix(length - 16)))
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return list
    }

    /// Returns the attribute of a kind, found after a fixed part of `count` bytes. If there are two, the first counts.
    func attribute(_ kind: Int, after count: Int) -> ArraySlice<UInt8>? {
        var rest = body.dropFirst(count)
        while rest.count >= 4 {
            let length = Int(rest.number(at: 0, as: UInt16.self))
            guard length >= 4, length <= rest.count else { return nil }
            // Two bits describe how the value is written.
            if Int(rest.number(at: 2, as: UInt16.self) & SHIM_NLA_TYPE_MASK) == kind {
                return rest.dropFirst(4).prefix(length - 4)
            }
            rest = rest.dropFirst((length + 3) & ~3)
        }
        return nil
    }
}

extension ArraySlice<UInt8> {
    /// Reads the number at `offset` bytes from the start; 0 if there are too few bytes.
    func number<I: FixedWidthInteger>(at offset: Int, as type: I.Type) -> I {
        guard offset + MemoryLayout<I>.size <= count else { return 0 }
        return withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: type) }
    }
}
