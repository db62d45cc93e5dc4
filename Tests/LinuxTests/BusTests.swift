import Base
import Foundation
import TestSupport
import Testing

@testable import Linux

/// A connection to a bus that a test plays.
@Suite("A bus that is slow, broken or hostile")
struct BusTests {
    private static let greeting = Array("DATA\r\nOK 1234deadbeef\r\n".utf8)

    private static func reply(to serial: UInt32, _ body: [BusValue] = [.string("fine")]) -> [UInt8] {
        var message = BusMessage(.reply)
        message.serial = 77
        message.replySerial = serial
        message.body = body
        return message.bytes
    }

    private static func error(_ name: String, _ text: String) -> [UInt8] {
        var message = BusMessage(.error)
        message.serial = 78
        message.replySerial = 1
        message.errorName = name
        message.body = [.string(text)]
        return message.bytes
    }

    private static func signal(_ member: String) -> [UInt8] {
        var message = BusMessage(.signal)
        message.serial = 79
        message.path = "/x"
        message.interface = "x.y"
        message.member = member
        message.body = [.uint32(1)]
        return message.bytes
    }

    private static var call: BusCall { BusCall("x.y", "/x", "x.y", "Do", [.string("a")]) }

    /// Connects to a program that says `bytes`, whatever it hears, and calls a method.
    private func talk(_ bytes: [UInt8], hangsUp: Bool = false) throws -> (reply: BusReply, signals: Int) {
        let listening = try StreamSocketTests.Listening()
        let number = listening.number
        let thread = Thread {
            let end = accept(number, nil, nil)
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes { send(end, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                guard count > 0 else { break }
                sent += count
            }
            if !hangsUp { Thread.sleep(forTimeInterval: 2) }
            close(end)
        }
        thread.start()
        var bus = try Bus.connect(to: .path(listening.path), isShared: false, within: 500)
        let reply = try bus.call(Self.call, within: 500)
        var signals = 0
        while let _ = try? bus.signal(within: 1, { $0.member == "Done" }) { signals += 1 }
        return (reply, signals)
    }

    @Test("an answer, an error in its words, and signals that come before the answer")
    func answers() throws {
        guard case .values(let values) = try talk(Self.greeting + Self.signal("Done") + Self.reply(to: 1)).reply else {
            return #expect(Bool(false), "an error")
        }
        #expect(values == [.string("fine")])
        #expect(try talk(Self.greeting + Self.signal("Done") + Self.signal("Other") + Self.reply(to: 1)).signals == 1)
        let failed = try talk(Self.greeting + Self.error("org.freedesktop.systemd1.NoSuchUnit", "Unit x not loaded."))
        guard case .error(let error) = failed.reply else { return #expect(Bool(false), "no error") }
        #expect(error.isNamed("NoSuchUnit") && error.line.hasPrefix("Unit x not loaded."))
    }

    @Test("an answer to another call, and a message of an unknown kind, are passed over")
    func others() throws {
        var unknown = Self.reply(to: 1)
        unknown[1] = 9
        let talked = try talk(Self.greeting + Self.reply(to: 5) + unknown + Self.reply(to: 1, [.uint32(1)]))
        guard case .values(let values) = talked.reply else { return #expect(Bool(false), "an error") }
        #expect(values == [.uint32(1)])
    }

    @Test("who never answers, at any point, costs the time limit and no more", arguments: [0, 3, 6, 20, 24, 30, 60])
    func silent(length: Int) {
        let start = Date()
        let failure = #expect(throws: Failure.self) {
            _ = try talk(Array((Self.greeting + Self.reply(to: 1)).prefix(length)))
        }
        #expect(failure?.errno == .ETIMEDOUT, "\(failure?.line ?? "")")
        #expect(Date().timeIntervalSince(start) < 10)
    }

    @Test("who hangs up, at any point, is told at once", arguments: [0, 3, 6, 24, 30, 60])
    func closed(length: Int) {
        let failure = #expect(throws: Failure.self) {
            _ = try talk(Array((Self.greeting + Self.reply(to: 1)).prefix(length)), hangsUp: true)
        }
        #expect(failure?.errno != .ETIMEDOUT, "\(failure?.line ?? "")")
    }

    @Test("a refusal, a line without end, a message without end, and no message at all")
    func nonsense() {
        func failure(_ bytes: [UInt8]) -> String {
            let failure = #expect(throws: Failure.self) { _ = try talk(bytes) }
            return failure?.line ?? ""
        }
        #expect(failure(Array("REJECTED KERBEROS\r\n".utf8)).contains("REJECTED KERBEROS"))
        #expect(failure([UInt8](repeating: 0x41, count: 100_000)).contains("no end of a line"))
        #expect(failure(Self.greeting + [UInt8](repeating: 0x41, count: 100)).contains("no message"))
        var endless = Self.reply(to: 1)
        endless.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0x7F])
        #expect(failure(Self.greeting + endless).contains("more than"))
        var broken = Self.reply(to: 1)
        broken[broken.count - 6] = 0xFF
        broken[broken.count - 7] = 0xFF
        #expect(failure(Self.greeting + broken).contains("malformed"))
    }
}
