import Base
import Foundation
import TestSupport
import Testing

@testable import Linux
@testable import Runtime

/// A bus with a systemd that executes itself anew: it closes its connections.
@Suite("A connection to systemd that breaks")
struct SystemdConnectionTests {
    private static let job = "/org/freedesktop/systemd1/job/1"

    /// What the bus does at a call: it sends messages, and may hang up then.
    private struct Answer {
        var messages: [BusMessage] = []
        var hangsUp = false
    }

    /// Plays the bus on `socket`, one connection after the other. `answer` gets the number of the connection, from 1,
    /// and each call.
    private static func play(on socket: Int32, _ answer: @escaping @Sendable (Int, BusMessage) -> Answer) {
        // A descriptor of the thread's own: the number of a closed one may be another test's by now.
        let socket = dup(socket)
        Thread {
            defer { close(socket) }
            var number = 0
            while true {
                let end = accept(socket, nil, nil)
                guard end >= 0 else { return }
                number += 1
                serve(end) { answer(number, $0) }
            }
        }.start()
    }

    private static func serve(_ end: Int32, _ answer: (BusMessage) -> Answer) {
        defer { close(end) }
        var received: [UInt8] = []
        func more() -> Bool {
            var buffer = [UInt8](repeating: 0, count: 4096)
            let count = read(end, &buffer, buffer.count)
            received += buffer.prefix(max(count, 0))
            return count > 0
        }
        func say(_ bytes: [UInt8]) { _ = send(end, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }
        let begin = Array("BEGIN\r\n".utf8)
        while !received.suffix(begin.count).elementsEqual(begin) { guard more() else { return } }
        received = []
        say(Array("DATA\r\nOK 1234\r\n".utf8))
        while true {
            while received.count < BusMessage.headLength { guard more() else { return } }
            guard let length = try? BusMessage.length(received) else { return }
            while received.count < length { guard more() else { return } }
            guard let call = try? BusMessage(Array(received.prefix(length))) else { return }
            received.removeFirst(length)
            let answer = answer(call)
            for message in answer.messages { say(message.bytes) }
            if answer.hangsUp { return }
        }
    }

    private static func reply(_ call: BusMessage, _ body: [BusValue] = []) -> BusMessage {
        var message = BusMessage(.reply)
        (message.serial, message.replySerial, message.body) = (7, call.serial, body)
        return message
    }

    private static var removed: BusMessage {
        var message = BusMessage(.signal)
        (message.serial, message.path, message.interface) = (8, "/x", "org.freedesktop.systemd1.Manager")
        (message.member, message.body) = (
            "JobRemoved", [.uint32(1), .path(job), .string("one.scope"), .string("done")]
        )
        return message
    }

    /// Starts a unit on a bus whose first connection breaks.
    ///
    /// - Parameters:
    ///   - verb: The call at which it does, without an answer; nil after the answer to the start, before the signal.
    ///   - state: The unit's state, if somebody asks.
    private func start(breakingAt verb: String?, state: String = "active") throws {
        let listening = try UnixListener()
        Self.play(on: listening.number) { number, call in
            if number == 1, call.member == verb { return Answer(hangsUp: true) }
            switch call.member {
            case "StartTransientUnit":
                let answer = Self.reply(call, [.path(Self.job)])
                guard number == 1, verb == nil else { return Answer(messages: [answer, Self.removed]) }
                return Answer(messages: [answer], hangsUp: true)
            case "GetUnit": return Answer(messages: [Self.reply(call, [.path("/unit")])])
            case "Get": return Answer(messages: [Self.reply(call, [.variant(.string(state))])])
            default: return Answer(messages: [Self.reply(call)])
            }
        }
        var environment = BusEnvironment()
        environment.system = "unix:path=\(listening.path)"
        var systemd = try Systemd.reach(environment, isUser: false)
        try systemd.start("one.scope", [])
    }

    @Test(
        "the call is made again on a new connection",
        arguments: ["Hello", "AddMatch", "Subscribe", "StartTransientUnit"])
    func calledAgain(verb: String) throws { try start(breakingAt: verb) }

    @Test("if the signal of the job's end is lost with the connection, the unit's state tells")
    func lostSignal() throws {
        try start(breakingAt: nil)
        let failure = #expect(throws: Failure.self) { try start(breakingAt: nil, state: "failed") }
        #expect(failure?.line.hasPrefix("systemd could not start the unit one.scope: failed") == true)
    }
}

/// A socket that listens in a folder of its own.
private struct UnixListener: ~Copyable {
    let folder: TemporaryFolder
    let number: Int32
    var path: String { folder.path + "/bus" }

    init() throws {
        folder = try TemporaryFolder()
        number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let path = folder.path + "/bus"
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(107)) }
        let answer = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
        #expect(answer == 0 && listen(number, 8) == 0)
    }

    deinit {
        shutdown(number, Int32(SHUT_RDWR))
        close(number)
    }
}
