import Base

/// A connection to a D-Bus bus, or to a program that speaks its protocol without a bus between, as systemd does at
/// `/run/systemd/private`.
///
/// It knows as much of the protocol as a caller of systemd needs: one call at a time, and the signals that come
/// meanwhile. The other side may be slow, broken or hostile: each call has a deadline, and nothing that is received
/// makes us keep more than some megabytes.
public struct Bus: ~Copyable {
    private var socket: StreamSocket
    /// Whether messages name their receiver, because a bus passes them on.
    private let isShared: Bool
    private var received: [UInt8] = []
    private var serial: UInt32 = 0
    private var signals: [BusSignal] = []

    /// The longest answer to the authentication.
    private static let longestGreeting = 4096
    /// The most signals that are kept for ``signal(within:_:)``. More than these concern other units.
    private static let mostSignals = 1024

    /// Connects, and tells the other side who we are: the kernel vouches for our user (SASL's EXTERNAL).
    ///
    /// - Parameters:
    ///   - address: Where the bus listens.
    ///   - isShared: Whether it is a bus, and not the program itself.
    ///   - milliseconds: The time for all this.
    /// - Throws: ``Failure``: ENOENT or ECONNREFUSED if nobody listens, ETIMEDOUT, or the refusal in the other side's
    ///   words.
    public static func connect(
        to address: BusAddress, isShared: Bool, within milliseconds: Int
    ) throws(Failure) -> Bus {
        var bus = Bus(socket: try socket(at: address, within: milliseconds), isShared: isShared)
        try bus.authenticate()
        guard isShared else { return bus }
        let hello = BusCall(
            "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus", "Hello")
        if case .error(let error) = try bus.call(hello, within: milliseconds) {
            throw Failure("the bus does not take us: \(error.line)")
        }
        return bus
    }

    private init(socket: consuming StreamSocket, isShared: Bool) {
        self.socket = socket
        self.isShared = isShared
    }

    private static func socket(at address: BusAddress, within milliseconds: Int) throws(Failure) -> StreamSocket {
        switch address {
        case .path(let path): try StreamSocket(to: path, within: milliseconds)
        case .abstract(let name): try StreamSocket(toAbstract: name, within: milliseconds)
        }
    }

    /// The empty first answer makes the other side use the user that it has from the kernel. Our own number would be
    /// another one than the bus sees, if we are in a user namespace.
    private mutating func authenticate() throws(Failure) {
        try socket.send(Array("\0AUTH EXTERNAL\r\nDATA\r\nBEGIN\r\n".utf8))
        // `DATA` asks for the user, `OK` and a number of the bus accepts it.
        for word in ["DATA", "OK"] {
            let line = try line()
            guard line.utf8.starts(with: word.utf8) else {
                throw Failure("the bus refuses us: \(quoted(line))", code: .forbidden)
            }
        }
    }

    private mutating func line() throws(Failure) -> String {
        while true {
            if let end = received.firstIndex(of: UInt8(ascii: "\n")) {
                let line = received[..<end]
                received.removeFirst(end + 1)
                return String(decoding: line.last == UInt8(ascii: "\r") ? line.dropLast() : line, as: UTF8.self)
            }
            guard received.count < Self.longestGreeting else { throw Failure("the bus sends no end of a line") }
            try receive()
        }
    }

    private mutating func receive() throws(Failure) {
        let bytes = try socket.receive(limit: 65536)
        guard !bytes.isEmpty else { throw Failure("the bus has closed the connection", "recvmsg", .ECONNRESET) }
        received += bytes
    }

    /// Receives the next message.
    private mutating func message() throws(Failure) -> BusMessage? {
        while received.count < BusMessage.headLength { try receive() }
        let length = try BusMessage.length(received)
        while received.count < length { try receive() }
        let bytes = Array(received.prefix(length))
        received.removeFirst(length)
        return try BusMessage(bytes)
    }

    /// Calls a method and waits for the answer.
    ///
    /// - Parameter milliseconds: How long the answer may take.
    /// - Throws: ``Failure`` of the connection: ETIMEDOUT, or a malformed answer. After that the connection is of no
    ///   use any more. An error that the method returns is a value.
    public mutating func call(_ call: BusCall, within milliseconds: Int) throws(Failure) -> BusReply {
        serial += 1
        socket.allow(milliseconds: milliseconds)
        var message = call.message
        message.serial = serial
        if !isShared { message.destination = "" }
        try socket.send(message.bytes)
        while true {
            guard let answer = try self.message() else { continue }
            switch answer.kind {
            case .reply where answer.replySerial == serial: return .values(answer.body)
            case .error where answer.replySerial == serial:
                return .error(BusError(name: answer.errorName, text: answer.body.first?.text ?? ""))
            case .signal: keep(answer)
            default: continue
            }
        }
    }

    private mutating func keep(_ message: BusMessage) {
        if signals.count >= Self.mostSignals { signals.removeFirst() }
        signals.append(BusSignal(interface: message.interface, member: message.member, body: message.body))
    }

    /// Waits for a signal, which may have come during an earlier call.
    ///
    /// - Throws: ``Failure``: ETIMEDOUT, or the connection's end.
    public mutating func signal(
        within milliseconds: Int, _ isWanted: (BusSignal) -> Bool
    ) throws(Failure) -> BusSignal {
        socket.allow(milliseconds: milliseconds)
        while true {
            if let index = signals.firstIndex(where: isWanted) { return signals.remove(at: index) }
            guard let message = try message(), message.kind == .signal else { continue }
            keep(message)
        }
    }
}

/// A call of a method.
public struct BusCall: Sendable {
    let message: BusMessage

    /// - Parameters:
    ///   - destination: The name of the program on the bus.
    ///   - path: The object.
    public init(
        _ destination: String, _ path: String, _ interface: String, _ member: String, _ arguments: [BusValue] = []
    ) {
        var message = BusMessage(.call)
        message.destination = destination
        message.path = path
        message.interface = interface
        message.member = member
        message.body = arguments
        self.message = message
    }
}

/// What a method answers.
public enum BusReply {
    case values([BusValue])
    case error(BusError)
}

/// An error that a method returns.
public struct BusError: Equatable, Sendable {
    /// Such as `org.freedesktop.systemd1.NoSuchUnit`.
    public let name: String
    /// The same for people.
    public let text: String

    /// The text and, for those who look for it, the last part of the name.
    public var line: String { text.isEmpty ? name : "\(text) (\(name))" }

    /// Whether the last part of the name is `word`.
    public func isNamed(_ word: String) -> Bool {
        String(name.split(separator: ".").last ?? "") == word
    }
}

/// A signal that another program sent to whoever listens.
public struct BusSignal: Sendable {
    public let interface: String
    public let member: String
    public let body: [BusValue]
}
