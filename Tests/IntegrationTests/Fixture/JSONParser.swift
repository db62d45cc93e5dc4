extension JSON {
    /// Reads one value, and nothing after it but white space.
    init(_ text: some StringProtocol) throws {
        var parser = JSONParser(bytes: Array(text.utf8))
        self = try parser.value()
        parser.skipSpace()
        guard parser.isAtEnd else { throw parser.failure("something after the value") }
    }
}

/// A recursive-descent reader of RFC 8259, for answers and log lines that are trusted to be short.
private struct JSONParser {
    var bytes: [UInt8]
    var position = 0

    var isAtEnd: Bool { position == bytes.count }
    var next: UInt8? { isAtEnd ? nil : bytes[position] }

    func failure(_ what: String) -> FixtureFailure {
        FixtureFailure("not JSON at byte \(position): \(what): \(String(decoding: bytes, as: UTF8.self))")
    }

    mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    mutating func word(_ word: StaticString, _ value: JSON) throws -> JSON {
        for byte in "\(word)".utf8 { guard take(byte) else { throw failure("unknown word") } }
        return value
    }

    mutating func value() throws -> JSON {
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object()
        case UInt8(ascii: "["): return try array()
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        default: return try number()
        }
    }

    mutating func number() throws -> JSON {
        let start = position
        while let byte = next, "+-.eE0123456789".utf8.contains(byte) { position += 1 }
        let digits = String(decoding: bytes[start..<position], as: UTF8.self)
        guard Double(digits) != nil else { throw failure("no value") }
        return .number(digits)
    }

    mutating func array() throws -> JSON {
        position += 1
        var items: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array([]) }
        repeat {
            items.append(try value())
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("no ]") }
        return .array(items)
    }

    mutating func object() throws -> JSON {
        position += 1
        var members: [JSON.Member] = []
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object([]) }
        repeat {
            skipSpace()
            let key = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("no :") }
            members.append(JSON.Member(key: key, value: try value()))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("no }") }
        return .object(members)
    }

    mutating func string() throws -> String {
        guard take(UInt8(ascii: "\"")) else { throw failure("no string") }
        var text: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                return String(decoding: text, as: UTF8.self)
            case UInt8(ascii: "\\"):
                text += try escape()
            case 0..<0x20:
                throw failure("a control byte in a string")
            default:
                text.append(byte)
            }
        }
        throw failure("a string without end")
    }

    mutating func escape() throws -> [UInt8] {
        guard let byte = next else { throw failure("an escape without end") }
        position += 1
        switch byte {
        case UInt8(ascii: "n"): return [0x0a]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "r"): return [0x0d]
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "f"): return [0x0c]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
        case UInt8(ascii: "u"):
            guard position + 4 <= bytes.count,
                let code = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
                let scalar = Unicode.Scalar(code)
            else { throw failure("a wrong escape") }
            position += 4
            return Array(String(Character(scalar)).utf8)
        default: throw failure("a wrong escape")
        }
    }
}
