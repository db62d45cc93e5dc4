import Base

/// Reads values out of a D-Bus message. The sender may be anybody, so each length is compared with what is there, and
/// the depth is limited.
struct BusReader {
    private let bytes: [UInt8]
    private let isSwapped: Bool
    private var position: Int

    /// The specification allows 32 arrays and 32 structures in each other; no message of systemd has more than a few.
    private static let deepest = 16

    /// - Parameters:
    ///   - bytes: The whole message.
    ///   - position: Where to begin.
    ///   - isSwapped: Whether the sender's byte order is not ours.
    init(_ bytes: [UInt8], at position: Int, isSwapped: Bool) {
        self.bytes = bytes
        self.position = position
        self.isSwapped = isSwapped
    }

    /// Reads a value for each type of `signature`.
    ///
    /// - Throws: ``Failure`` if the bytes do not have this form.
    mutating func values(_ signature: String) throws(Failure) -> [BusValue] {
        var types = Array(signature.utf8)[...]
        var values: [BusValue] = []
        while !types.isEmpty { values.append(try value(&types, depth: 0)) }
        return values
    }

    private mutating func value(_ types: inout ArraySlice<UInt8>, depth: Int) throws(Failure) -> BusValue {
        guard depth <= Self.deepest, let letter = types.popFirst() else { throw Self.malformed }
        switch letter {
        case UInt8(ascii: "y"): return .byte(try number())
        case UInt8(ascii: "b"): return .boolean(try number(UInt32.self) != 0)
        case UInt8(ascii: "n"): return .int16(try number())
        case UInt8(ascii: "q"): return .uint16(try number())
        case UInt8(ascii: "i"): return .int32(try number())
        case UInt8(ascii: "u"), UInt8(ascii: "h"): return .uint32(try number())
        case UInt8(ascii: "x"): return .int64(try number())
        case UInt8(ascii: "t"): return .uint64(try number())
        case UInt8(ascii: "d"): return .double(Double(bitPattern: try number()))
        case UInt8(ascii: "s"): return .string(try text(try number(UInt32.self)))
        case UInt8(ascii: "o"): return .path(try text(try number(UInt32.self)))
        case UInt8(ascii: "g"): return .signature(try text(UInt32(try number(UInt8.self))))
        case UInt8(ascii: "v"):
            var inner = Array(try text(UInt32(try number(UInt8.self))).utf8)[...]
            let value = try value(&inner, depth: depth + 1)
            guard inner.isEmpty else { throw Self.malformed }
            return .variant(value)
        case UInt8(ascii: "a"): return try array(&types, depth: depth)
        case UInt8(ascii: "("): return .structure(try members(&types, until: UInt8(ascii: ")"), depth: depth))
        case UInt8(ascii: "{"): return .structure(try members(&types, until: UInt8(ascii: "}"), depth: depth))
        default: throw Self.malformed
        }
    }

    private mutating func array(_ types: inout ArraySlice<UInt8>, depth: Int) throws(Failure) -> BusValue {
        let length = Int(try number(UInt32.self))
        let element = types
        try Self.skipType(&types, depth: depth)
        let type = element[..<types.startIndex]
        try align(BusValue.alignment(of: type.first ?? 0))
        guard length <= bytes.count - position else { throw Self.malformed }
        let end = position + length
        var values: [BusValue] = []
        while position < end {
            var rest = type
            values.append(try value(&rest, depth: depth + 1))
        }
        guard position == end else { throw Self.malformed }
        return .array(of: String(decoding: type, as: UTF8.self), values)
    }

    private mutating func members(
        _ types: inout ArraySlice<UInt8>, until end: UInt8, depth: Int
    ) throws(Failure) -> [BusValue] {
        try align(8)
        var members: [BusValue] = []
        while let letter = types.first, letter != end { members.append(try value(&types, depth: depth + 1)) }
        guard types.popFirst() == end, !members.isEmpty else { throw Self.malformed }
        return members
    }

    /// Passes over one whole type of a signature.
    private static func skipType(_ types: inout ArraySlice<UInt8>, depth: Int) throws(Failure) {
        guard depth <= deepest, let letter = types.popFirst() else { throw malformed }
        switch letter {
        case UInt8(ascii: "a"): try skipType(&types, depth: depth + 1)
        case UInt8(ascii: "("), UInt8(ascii: "{"):
            let end = letter == UInt8(ascii: "(") ? UInt8(ascii: ")") : UInt8(ascii: "}")
            while let next = types.first, next != end { try skipType(&types, depth: depth + 1) }
            guard types.popFirst() == end else { throw malformed }
        default: return
        }
    }

    private mutating func number<Number: FixedWidthInteger>(_: Number.Type = Number.self) throws(Failure) -> Number {
        let size = MemoryLayout<Number>.size
        try align(size)
        guard size <= bytes.count - position else { throw Self.malformed }
        let offset = position
        position += size
        let number = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Number.self) }
        return isSwapped ? number.byteSwapped : number
    }

    /// Reads `length` bytes of text, and the NUL behind them.
    private mutating func text(_ length: UInt32) throws(Failure) -> String {
        let length = Int(length)
        guard length < bytes.count - position else { throw Self.malformed }
        let text = bytes[position..<position + length]
        guard bytes[position + length] == 0, !text.contains(0) else { throw Self.malformed }
        position += length + 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func align(_ alignment: Int) throws(Failure) {
        let aligned = (position + alignment - 1) / alignment * alignment
        guard aligned <= bytes.count else { throw Self.malformed }
        position = aligned
    }

    private static var malformed: Failure { Failure("a malformed message") }
}
