import Base

/// A D-Bus message (D-Bus Specification, "Message Protocol"): a fixed head, header fields, and the body.
struct BusMessage: Sendable {
    enum Kind: UInt8, Sendable {
        case call = 1
        case reply = 2
        case error = 3
        case signal = 4
    }

    var kind: Kind
    /// The sender's number of this message; a reply names it.
    var serial: UInt32 = 0
    var replySerial: UInt32 = 0
    var path = ""
    var interface = ""
    /// The name of the method or of the signal.
    var member = ""
    var errorName = ""
    var destination = ""
    var body: [BusValue] = []

    init(_ kind: Kind) { self.kind = kind }

    /// The first bytes of each message, from which its length follows.
    static let headLength = 16
    /// The longest message that we accept. The specification allows 128 MiB; systemd's answers have some hundred bytes.
    static let longest = 1 << 20

    /// The machine's byte order, as the first byte of a message says it.
    private static var order: UInt8 { 1.littleEndian == 1 ? UInt8(ascii: "l") : UInt8(ascii: "B") }

    /// The message as it is sent.
    var bytes: [UInt8] {
        var body: [UInt8] = []
        for value in self.body { value.write(to: &body) }
        var fields: [BusValue] = []
        func add(_ code: UInt8, _ value: BusValue) { fields.append(.structure([.byte(code), .variant(value)])) }
        if !path.isEmpty { add(1, .path(path)) }
        if !interface.isEmpty { add(2, .string(interface)) }
        if !member.isEmpty { add(3, .string(member)) }
        if !errorName.isEmpty { add(4, .string(errorName)) }
        if replySerial != 0 { add(5, .uint32(replySerial)) }
        if !destination.isEmpty { add(6, .string(destination)) }
        if !self.body.isEmpty { add(8, .signature(BusValue.signature(of: self.body))) }
        var bytes: [UInt8] = []
        let version: UInt8 = 1
        for value in [.byte(Self.order), .byte(kind.rawValue), .byte(0), .byte(version)] as [BusValue] {
            value.write(to: &bytes)
        }
        for value in [.uint32(UInt32(body.count)), .uint32(serial), .array(of: "(yv)", fields)] as [BusValue] {
            value.write(to: &bytes)
        }
        BusValue.pad(&bytes, to: 8)
        return bytes + body
    }

    /// Works out how long the message is whose first ``headLength`` bytes these are.
    ///
    /// - Throws: ``Failure`` for what is no message, and for one longer than ``longest``.
    static func length(_ head: [UInt8]) throws(Failure) -> Int {
        guard let isSwapped = isSwapped(head) else { throw Failure("no message of D-Bus") }
        func number(_ offset: Int) -> Int {
            let number = head.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self) }
            return Int(isSwapped ? number.byteSwapped : number)
        }
        let (body, fields) = (number(4), number(12))
        guard body <= longest, fields <= longest else { throw Failure("a message of more than \(longest) bytes") }
        return (headLength + fields + 7) / 8 * 8 + body
    }

    /// Reads a whole message.
    ///
    /// - Returns: nil for a kind of message that the specification did not have; it says to ignore those.
    init?(_ bytes: [UInt8]) throws(Failure) {
        guard let isSwapped = Self.isSwapped(bytes) else { throw Failure("no message of D-Bus") }
        guard let kind = Kind(rawValue: bytes[1]) else { return nil }
        self.init(kind)
        var head = BusReader(bytes, at: 8, isSwapped: isSwapped)
        let values = try head.values("ua(yv)")
        if case .uint32(let number) = values[0] { serial = number }
        var signature = ""
        if case .array(_, let fields) = values[1] {
            for case .structure(let field) in fields { take(field, &signature) }
        }
        let length = (Self.headLength + Self.fieldsLength(bytes, isSwapped) + 7) / 8 * 8
        var reader = BusReader(bytes, at: length, isSwapped: isSwapped)
        body = try reader.values(signature)
    }

    private mutating func take(_ field: [BusValue], _ signature: inout String) {
        guard case .byte(let code) = field[0], case .variant(let value) = field[1] else { return }
        switch (code, value) {
        case (1, .path(let text)): path = text
        case (2, .string(let text)): interface = text
        case (3, .string(let text)): member = text
        case (4, .string(let text)): errorName = text
        case (5, .uint32(let number)): replySerial = number
        case (8, .signature(let text)): signature = text
        default: break
        }
    }

    private static func fieldsLength(_ bytes: [UInt8], _ isSwapped: Bool) -> Int {
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: 12, as: UInt32.self) }
        return Int(isSwapped ? number.byteSwapped : number)
    }

    /// Whether the sender's byte order is not ours; nil if the bytes are no message of the protocol's version 1.
    private static func isSwapped(_ bytes: [UInt8]) -> Bool? {
        guard bytes.count >= headLength, bytes[3] == 1,
            bytes[0] == UInt8(ascii: "l") || bytes[0] == UInt8(ascii: "B")
        else { return nil }
        return bytes[0] != order
    }
}
