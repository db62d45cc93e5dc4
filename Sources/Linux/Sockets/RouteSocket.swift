import Base
import CShim

/// A socket of NETLINK_ROUTE (rtnetlink(7)). It belongs to the network namespace in which we opened it, and stays
/// there even if we enter another.
public struct RouteSocket: ~Copyable {
    private let socket: Descriptor
    private var count: UInt32 = 0

    /// socket(2) in our present network namespace.
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
