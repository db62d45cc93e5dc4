import Base

extension JSONReader {
    /// Makes the failure for an object that lacks a property.
    ///
    /// - Parameters:
    ///   - name: The property.
    ///   - owner: The object, as a sentence begins: `a mount`.
    ///   - offset: Where that object begins, as returned by ``JSONReader/object(_:)``.
    public func missing(_ name: StaticString, from owner: StaticString, at offset: Int) -> Failure {
        Failure("\(owner) needs \"\(name)\"", pointer: pointer(at: offset), code: .missingRequired)
    }

    /// Makes the failure for a value of the wrong kind at the cursor.
    func expected(_ what: StaticString) -> Failure {
        let kind: StaticString
        switch cursor < bytes.count ? bytes[cursor] : 0 {
        case UInt8(ascii: "{"): kind = "an object"
        case UInt8(ascii: "["): kind = "an array"
        case UInt8(ascii: "\""): kind = "a string"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = "a number"
        default:
            switch found() {
            case "true", "false": kind = "a boolean"
            case "null": kind = "null"
            default: return syntax("expected \(what), found \(found())", at: cursor)
            }
        }
        return Failure("expected \(what), found \(kind)", pointer: pointer(at: cursor), code: .wrongType)
    }

    /// Makes the failure for a text that is not JSON, with line and column. Both start at 1, and a column is one
    /// character.
    func syntax(_ what: String, at offset: Int) -> Failure {
        var line = 1
        var column = 1
        for byte in bytes[..<min(offset, bytes.count)] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Failure(
            "invalid JSON at line \(line), column \(column): \(what)", pointer: pointer(at: offset), code: .invalidJSON)
    }

    /// Describes what is at the cursor, for an error: a bare word, a character, or the end.
    func found() -> String {
        guard cursor < bytes.count else { return "the end of the text" }
        if cursor == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
        var word = ""
        for byte in bytes[cursor...].prefix(32) {
            guard Self.isWordByte(byte) else { break }
            word.unicodeScalars.append(Unicode.Scalar(byte))
        }
        if !word.isEmpty { return word }
        let byte = bytes[cursor]
        guard byte > 0x20, byte < 0x7F else { return "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return String(Unicode.Scalar(byte))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Shortens a text for an error: it is put on one line and cut to a readable length.
    static func shown(_ text: JSONText) -> String { JSONPointer.oneLine(String(text)) }
}
