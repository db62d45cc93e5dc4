/// A value in a D-Bus message (D-Bus Specification, "Type System"). Each kind is one letter of a signature.
public indirect enum BusValue: Equatable, Sendable {
    /// `y`
    case byte(UInt8)
    /// `b`
    case boolean(Bool)
    /// `n`
    case int16(Int16)
    /// `q`
    case uint16(UInt16)
    /// `i`
    case int32(Int32)
    /// `u`
    case uint32(UInt32)
    /// `x`
    case int64(Int64)
    /// `t`
    case uint64(UInt64)
    /// `d`
    case double(Double)
    /// `s`
    case string(String)
    /// `o`: the path of an object.
    case path(String)
    /// `g`
    case signature(String)
    /// `a` and the type of the elements, which an empty array has too.
    case array(of: String, [BusValue])
    /// `(`, the types of the members, `)`
    case structure([BusValue])
    /// `v`: a value that brings its own type.
    case variant(BusValue)

    /// The type of the value, in the letters of a message's signature.
    public var signature: String {
        switch self {
        case .byte: "y"
        case .boolean: "b"
        case .int16: "n"
        case .uint16: "q"
        case .int32: "i"
        case .uint32: "u"
        case .int64: "x"
        case .uint64: "t"
        case .double: "d"
        case .string: "s"
        case .path: "o"
        case .signature: "g"
        case .array(let element, _): "a\(element)"
        case .structure(let members): "(\(Self.signature(of: members)))"
        case .variant: "v"
        }
    }

    /// The types of several values, one after the other.
    static func signature(of values: [BusValue]) -> String {
        var text = ""
        for value in values { text += value.signature }
        return text
    }

    /// The text of a string or of a path; nil for any other value.
    public var text: String? {
        switch self {
        case .string(let text), .path(let text): text
        case .variant(let value): value.text
        default: nil
        }
    }

    /// Where a value of a type may begin in a message: at a multiple of this many bytes.
    static func alignment(of letter: UInt8) -> Int {
        switch letter {
        case UInt8(ascii: "y"), UInt8(ascii: "g"), UInt8(ascii: "v"): 1
        case UInt8(ascii: "n"), UInt8(ascii: "q"): 2
        case UInt8(ascii: "x"), UInt8(ascii: "t"), UInt8(ascii: "d"), UInt8(ascii: "("), UInt8(ascii: "{"): 8
        default: 4
        }
    }
}

extension BusValue {
    /// Adds the value to a message, in the machine's byte order.
    ///
    /// - Parameter bytes: What the message has so far; its first byte is at a multiple of 8.
    func write(to bytes: inout [UInt8]) {
        switch self {
        case .byte(let number): bytes.append(number)
        case .boolean(let flag): Self.add(UInt32(flag ? 1 : 0), to: &bytes)
        case .int16(let number): Self.add(number, to: &bytes)
        case .uint16(let number): Self.add(number, to: &bytes)
        case .int32(let number): Self.add(number, to: &bytes)
        case .uint32(let number): Self.add(number, to: &bytes)
        case .int64(let number): Self.add(number, to: &bytes)
        case .uint64(let number): Self.add(number, to: &bytes)
        case .double(let number): Self.add(number.bitPattern, to: &bytes)
        case .string(let text), .path(let text):
            Self.add(UInt32(text.utf8.count), to: &bytes)
            bytes.append(contentsOf: text.utf8)
            bytes.append(0)
        case .signature(let text): Self.add(signature: text, to: &bytes)
        case .array(let element, let values):
            Self.add(UInt32(0), to: &bytes)
            let length = bytes.count - 4
            Self.pad(&bytes, to: Self.alignment(of: element.utf8.first ?? 0))
            let start = bytes.count
            for value in values { value.write(to: &bytes) }
            let count = UInt32(bytes.count - start)
            bytes.withUnsafeMutableBytes { $0.storeBytes(of: count, toByteOffset: length, as: UInt32.self) }
        case .structure(let members):
            Self.pad(&bytes, to: 8)
            for member in members { member.write(to: &bytes) }
        case .variant(let value):
            Self.add(signature: value.signature, to: &bytes)
            value.write(to: &bytes)
        }
    }

    static func pad(_ bytes: inout [UInt8], to alignment: Int) {
        while bytes.count % alignment != 0 { bytes.append(0) }
    }

    private static func add<Number: FixedWidthInteger>(_ number: Number, to bytes: inout [UInt8]) {
        pad(&bytes, to: MemoryLayout<Number>.size)
        withUnsafeBytes(of: number) { bytes.append(contentsOf: $0) }
    }

    private static func add(signature text: String, to bytes: inout [UInt8]) {
        bytes.append(UInt8(truncatingIfNeeded: text.utf8.count))
        bytes.append(contentsOf: text.utf8)
        bytes.append(0)
    }
}
