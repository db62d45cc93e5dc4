import Base
import Linux
import OCI

/// Properties of the unit that the caller gives as annotations: `org.systemd.property.NAME`, with a value in the text
/// form of GVariant, such as `uint64 5`, `'text'`, `true`, `['a', 'b']` (the GVariant Text Format of GLib). runc and
/// crun know them too.
enum UnitAnnotations {
    private static let prefix = "org.systemd.property."

    /// - Throws: ``Failure`` for a name that no property can have, and for a value that cannot be read.
    static func properties(_ annotations: Annotations?, _ refuse: Refuse) throws(Failure) -> [UnitProperty] {
        var properties: [UnitProperty] = []
        for annotation in annotations ?? [:] where annotation.key.utf8.starts(with: prefix.utf8) {
            let pointer = "/annotations/\(JSONPointer.token(annotation.key))"
            do throws(Failure) {
                let name = String(Substring(annotation.key.utf8.dropFirst(prefix.utf8.count)))
                properties.append(try property(name, annotation.value))
            } catch { try refuse(error.during("annotation \(annotation.key)").at(pointer)) }
        }
        return properties
    }

    private static func property(_ name: String, _ text: String) throws(Failure) -> UnitProperty {
        guard name.utf8.count >= 3 else { throw Failure("the name is too short", code: .malformedValue) }
        guard name.utf8.allSatisfy({ $0 | 0x20 >= 0x61 && $0 | 0x20 <= 0x7A }) else {
            throw Failure("the name has something else than letters", code: .malformedValue)
        }
        var reader = GVariantText(text)
        let value = try reader.value()
        try reader.end()
        // `TimeoutStopSec` is what unit files have. The bus has the same in microseconds.
        guard Path.ends(name, with: "Sec"), !Path.ends(name, with: "USec"), name.utf8.count > 3 else {
            return UnitProperty(name, value)
        }
        return UnitProperty(String(Substring(name.utf8.dropLast(3))) + "USec", .uint64(try microseconds(value)))
    }

    private static func microseconds(_ value: BusValue) throws(Failure) -> UInt64 {
        let seconds: UInt64? =
            switch value {
            case .int32(let number): UInt64(exactly: number)
            case .uint32(let number): UInt64(number)
            case .int64(let number): UInt64(exactly: number)
            case .uint64(let number): number
            default: nil
            }
        if case .double(let number) = value, number >= 0, number < 1e12 { return UInt64(number * 1_000_000) }
        guard let seconds, seconds < UInt64.max / 1_000_000 else {
            throw Failure("a number of seconds is needed", code: .malformedValue)
        }
        return seconds * 1_000_000
    }
}

/// Reads the text form of a value: a word with an optional type before it, or a list of such.
private struct GVariantText {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = text.utf8[...] }

    mutating func end() throws(Failure) {
        passSpace()
        guard rest.isEmpty else { throw malformed }
    }

    mutating func value() throws(Failure) -> BusValue {
        passSpace()
        guard let first = rest.first else { throw malformed }
        switch first {
        case UInt8(ascii: "'"), UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "["): return try list()
        case UInt8(ascii: "@"):
            let type = word()
            let value = try value()
            // An empty list does not say its type.
            if case .array(_, let values) = value, values.isEmpty {
                return .array(of: String(Substring(type.utf8.dropFirst(2))), [])
            }
            return value
        default: return try plain(word())
        }
    }

    private mutating func plain(_ word: String) throws(Failure) -> BusValue {
        switch word {
        case "true": return .boolean(true)
        case "false": return .boolean(false)
        case "byte": return .byte(try number())
        case "int16": return .int16(try number())
        case "uint16": return .uint16(try number())
        case "int32": return .int32(try number())
        case "uint32": return .uint32(try number())
        case "int64": return .int64(try number())
        case "uint64": return .uint64(try number())
        case "boolean", "string", "double": return try value()
        case "objectpath":
            guard case .string(let text) = try value() else { throw malformed }
            return .path(text)
        default:
            if let number = Int32(word) { return .int32(number) }
            if let number = Self.decimal(word) { return .double(number) }
            throw Failure("\(quoted(word)) is no value: a text needs quotes", code: .malformedValue)
        }
    }

    private mutating func number<Number: FixedWidthInteger>() throws(Failure) -> Number {
        passSpace()
        let word = word()
        let isHexadecimal = word.utf8.starts(with: "0x".utf8)
        let digits = isHexadecimal ? String(Substring(word.utf8.dropFirst(2))) : word
        guard let number = Number(digits, radix: isHexadecimal ? 16 : 10) else {
            throw Failure("\(quoted(word)) is no such number", code: .outOfRange)
        }
        return number
    }

    /// `1.5`; embedded Swift cannot read one.
    private static func decimal(_ word: String) -> Double? {
        let parts = word.utf8.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map { String(Substring($0)) }
        guard parts.count == 2, let whole = UInt32(parts[0]), let part = UInt32(parts[1]), parts[1].utf8.count < 10
        else { return nil }
        var scale = 1.0
        for _ in parts[1].utf8 { scale *= 10 }
        return Double(whole) + Double(part) / scale
    }

    private mutating func list() throws(Failure) -> BusValue {
        rest = rest.dropFirst()
        var values: [BusValue] = []
        while true {
            passSpace()
            if rest.first == UInt8(ascii: "]") { break }
            values.append(try value())
            passSpace()
            if rest.first == UInt8(ascii: ",") { rest = rest.dropFirst() } else { break }
        }
        guard rest.popFirst() == UInt8(ascii: "]") else { throw malformed }
        let type = values.first?.signature ?? "s"
        guard values.allSatisfy({ $0.signature == type }) else { throw malformed }
        return .array(of: type, values)
    }

    private mutating func string() throws(Failure) -> String {
        let quote = rest.popFirst()
        var bytes: [UInt8] = []
        while let byte = rest.popFirst() {
            if byte == quote { return String(decoding: bytes, as: UTF8.self) }
            guard byte == UInt8(ascii: "\\") else {
                bytes.append(byte)
                continue
            }
            switch rest.popFirst() {
            case UInt8(ascii: "n"): bytes.append(0x0A)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case let escaped?: bytes.append(escaped)
            case nil: break
            }
        }
        throw malformed
    }

    /// Takes what stands before the next space, comma or bracket.
    private mutating func word() -> String {
        let end =
            rest.firstIndex { $0 == 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "]") } ?? rest.endIndex
        let word = String(Substring(rest[..<end]))
        rest = rest[end...]
        return word
    }

    private mutating func passSpace() { rest = rest.drop { $0 == 0x20 || $0 == 0x09 || $0 == 0x0A } }

    private var malformed: Failure {
        Failure("the value does not have the form of a GVariant text", code: .malformedValue)
    }
}
