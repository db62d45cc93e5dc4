import Base
import Testing

@testable import Linux

@Suite("Messages of D-Bus")
struct BusMessageTests {
    private static let values: [BusValue] = [
        .byte(7), .boolean(true), .int16(-2), .uint16(65535), .int32(-70000), .uint32(.max), .int64(.min),
        .uint64(.max), .double(1.5), .string("text"), .string(""), .path("/org/one"), .signature("a(sv)"),
        .array(of: "u", [.uint32(1), .uint32(2)]), .array(of: "(sa(sv))", []), .array(of: "t", []),
        .structure([.string("TasksMax"), .variant(.uint64(5))]),
        .array(of: "(sv)", [.structure([.string("a"), .variant(.array(of: "s", [.string("b")]))])]),
        .variant(.variant(.string("deep"))), .array(of: "y", [.byte(1), .byte(2), .byte(3)]), .byte(1),
    ]

    private func message(_ body: [BusValue] = values) -> BusMessage {
        var message = BusMessage(.call)
        message.serial = 3
        message.path = "/org/freedesktop/systemd1"
        message.interface = "org.freedesktop.systemd1.Manager"
        message.member = "StartTransientUnit"
        message.destination = "org.freedesktop.systemd1"
        message.body = body
        return message
    }

    @Test("what is written is what is read: every type, at every alignment")
    func roundTrip() throws {
        for first in 0..<Self.values.count {
            let body = Array(Self.values[first...])
            let bytes = message(body).bytes
            #expect(try BusMessage.length(bytes) == bytes.count)
            let read = try #require(try BusMessage(bytes))
            #expect(read.kind == .call && read.serial == 3 && read.member == "StartTransientUnit")
            #expect(read.body == body)
        }
    }

    @Test("a call as libdbus writes it, byte for byte")
    func bytes() throws {
        var hello = BusMessage(.call)
        hello.serial = 1
        hello.path = "/a"
        hello.member = "Hi"
        let expected: [UInt8] =
            [0x6C, 1, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 27, 0, 0, 0]
            + [1, 1, 0x6F, 0, 2, 0, 0, 0, 0x2F, 0x61, 0, 0, 0, 0, 0, 0]
            + [3, 1, 0x73, 0, 2, 0, 0, 0, 0x48, 0x69, 0, 0, 0, 0, 0, 0]
        #expect(hello.bytes == expected)
    }

    @Test("a message of the other byte order is read")
    func otherOrder() throws {
        let message = try BusMessage(
            [0x42, 2, 0, 1, 0, 0, 0, 4, 0, 0, 0, 9, 0, 0, 0, 15]
                + [5, 1, 0x75, 0, 0, 0, 0, 3, 8, 1, 0x67, 0, 1, 0x75, 0, 0] + [0, 0, 1, 2])
        #expect(message?.serial == 9 && message?.replySerial == 3)
        #expect(message?.body == [.uint32(258)])
    }

    @Test("no cut, no flipped bit and no wrong length of a hostile message makes us crash or read what is not there")
    func hostile() {
        let whole = message().bytes
        for length in 0..<whole.count { _ = try? BusMessage(Array(whole.prefix(length))) }
        for index in whole.indices {
            for bit in 0..<8 {
                var bytes = whole
                bytes[index] ^= 1 << UInt8(bit)
                _ = try? BusMessage(bytes)
                _ = try? BusMessage.length(bytes)
            }
        }
        for index in stride(from: 0, to: whole.count - 4, by: 4) {
            for length: UInt8 in [0x7F, 0xFF] {
                var bytes = whole
                bytes.replaceSubrange(index..<index + 4, with: [length, length, length, length])
                _ = try? BusMessage(bytes)
            }
        }
    }

    @Test("values deeper in each other than any of systemd's, and a message of more than a megabyte, are refused")
    func limits() throws {
        var value = BusValue.string("x")
        for _ in 0..<20 { value = .variant(value) }
        let bytes = message([value]).bytes
        #expect(throws: Failure.self) { try BusMessage(bytes) }
        var head = Array(message().bytes.prefix(16))
        head[7] = 1
        #expect(throws: Failure.self) { try BusMessage.length(head) }
        #expect(throws: Failure.self) { try BusMessage.length(Array("HTTP/1.1 400 Bad".utf8)) }
    }

    @Test(
        "addresses: paths and abstract names, among others",
        arguments: [
            ("unix:path=/run/bus", [.path("/run/bus")]),
            ("unix:path=/run/a%20b,guid=12;tcp:host=x;unix:abstract=/tmp/y", [.path("/run/a b"), .abstract("/tmp/y")]),
            ("unix:tmpdir=/tmp", []), ("", []), ("unix:path=/x%2", []), ("unix:path=/x%zz", []),
        ] as [(String, [BusAddress])])
    func addresses(text: String, expected: [BusAddress]) { #expect(BusAddress.list(text) == expected) }
}
