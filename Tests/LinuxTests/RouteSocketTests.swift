import Base
import Testing

@testable import Linux

@Suite("rtnetlink")
struct RouteSocketTests {
    @Test("a request is laid out as netlink(7) describes, its attributes padded to four bytes")
    func request() {
        var request = RouteRequest(16, flags: 4)
        request.append(UInt32(0x0102_0304))
        request.attribute(3, Array("ab".utf8) + [0])
        request.attribute(28, number: UInt32(7))
        let bytes = request.numbered(9)
        #expect(
            bytes == [36, 0, 0, 0, 16, 0, 5, 0, 9, 0, 0, 0, 0, 0, 0, 0] + [4, 3, 2, 1] + [7, 0, 3, 0, 97, 98, 0, 0]
                + [8, 0, 28, 0, 7, 0, 0, 0])
    }

    @Test("a request can be read back; an answer that is cut short ends the list, or the attributes")
    func replies() throws {
        var request = RouteRequest(20, flags: 0)
        request.append(UInt64(5))
        request.attribute(1, [10, 0, 0, 1])
        request.attribute(8, number: UInt32(0x80))
        let one = request.numbered(1), two = request.numbered(2)
        let list = RouteReply.list(one + two)
        #expect(list.map(\.number) == [1, 2])
        #expect(list.map(\.kind) == [20, 20])
        let reply = try #require(list.last)
        #expect(reply.attribute(1, after: 8).map(Array.init) == [10, 0, 0, 1])
        #expect(reply.attribute(8, after: 8)?.number(at: 0, as: UInt32.self) == 0x80)
        #expect(reply.attribute(2, after: 8) == nil)
        for count in 0..<two.count {
            #expect(RouteReply.list(one + two.prefix(count)).count == 1)
        }
        let torn = RouteReply(kind: 20, flags: 0, number: 0, body: one[16..<(one.count - 5)])
        #expect(torn.attribute(8, after: 8) == nil)
        #expect(torn.body.number(at: 30, as: UInt32.self) == 0)
    }

    @Test("the devices of our own network namespace: lo is among them, with its lasting addresses")
    func links() throws {
        var socket = try RouteSocket()
        let links = try socket.links()
        let lo = try #require(links.first { $0.name == "lo" })
        #expect(lo.index == 1)
        // 127.0.0.1 belongs to the host only, so it does not last elsewhere.
        #expect(try socket.permanentAddresses(of: lo.index).allSatisfy { $0.family != 2 })
    }

    @Test("the kernel's refusal is thrown with its errno")
    func refusal() throws {
        var socket = try RouteSocket()
        let failure = #expect(throws: Failure.self) { try socket.set(0x7FFF_FFFF, isUp: true) }
        #expect(failure?.cause?.call == "rtnetlink")
        #expect(failure?.errno == .ENODEV || failure?.errno == .EPERM)
    }
}
