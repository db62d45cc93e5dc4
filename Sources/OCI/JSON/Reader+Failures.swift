import Base

extension JSONReader {
    /// The failure that an object lacks a property.
    ///
    /// - Parameters:
    ///   - name: The property.
    ///   - owner: What lacks it, as a sentence begins: `a mount`.
    ///   - offset: Where that object begins, as ``object(_:)`` gave it.
    public func missing(_ name: StaticString, from owner: StaticString, at offset: Int) -> Failure {
        Failure("\(owner) needs \"\(name)\"", pointer: pointer(at: offset), code: .missingRequired)
    }

    /// The value of a property that the spec requires.
    ///
    /// - Parameters:
    ///   - value: What was read; nil where the property is absent.
    ///   - name: The property.
    ///   - owner: What must have it, as a sentence begins: `a mount`.
    ///   - offset: Where that object begins, as ``object(_:)`` gave it.
    /// - Throws: ``Failure`` where it is absent. A reader that goes on notes that, and gives a stand-in.
    public mutating func required<Value: JSONStandIn>(
        _ value: Value?, _ name: StaticString, of owner: StaticString, at offset: Int
    ) throws(Failure) -> Value {
        if let value { return value }
        try noteMissing("\(name)", missing(name, from: owner, at: offset), of: offset)
        return Value.standIn
    }

    /// The value of a number that the spec requires, and that is 0 if it is absent: as Go reads it, so other runtimes take it, and there are
    /// callers who rely on that. A reader that goes on notes a warning.
    public mutating func number<Value: FixedWidthInteger>(
        _ value: Value?, _ name: StaticString, of owner: StaticString, at offset: Int
    ) throws(Failure) -> Value {
        if let value { return value }
        guard goesOn else { return 0 }
        var failure = missing(name, from: owner, at: offset)
        failure.action += ", which is taken for 0"
        try noteDefault("\(name)", failure, of: offset)
        return 0
    }

    /// The failure that the value at the cursor is of another kind.
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

    /// The failure that the text is not JSON, with line and column, both from 1. A column is a character.
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

    /// What stands at the cursor, for an error: a bare word, a character, or the end.
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

    /// Refuses a key that stands twice among those from `first` on, which are one object's.
    mutating func refuseDuplicates(from first: Int) throws(Failure) {
        let count = keys.count - first
        guard count > 1 else { return }
        // Few keys are compared each with each; many, which only a hostile text has, are sorted first.
        if count > 32 { keys[first...].sort { $0.text.precedes($1.text) } }
        for later in (first + 1)..<keys.count {
            for earlier in (count > 32 ? later - 1 : first)..<later
            where keys[earlier].text.equals(keys[later].text) {
                let isInOrder = keys[earlier].offset < keys[later].offset
                let key = isInOrder ? keys[later] : keys[earlier]
                let what = "the key \"\(Self.shown(key.text))\" stands twice in one object"
                var failure = syntax(what, at: key.offset)
                failure.pointer = (failure.pointer ?? "") + "/" + JSONPointer.token(String(key.text))
                failure.code = .duplicateKey
                throw failure
            }
        }
    }

    /// The JSON pointer of the value that begins at `offset`, or of the innermost one around it; nil for the whole.
    ///
    /// It goes over the text from the front; what stands before `offset` was read and is correct.
    func pointer(at offset: Int) -> String? {
        var levels: [Level] = []
        var place = 0
        while place < min(offset, bytes.count) {
            switch (bytes[place], levels.last) {
            case (UInt8(ascii: "{"), _): levels.append(.object(key: nil))
            case (UInt8(ascii: "["), _): levels.append(.array(index: 0))
            case (UInt8(ascii: "}"), _), (UInt8(ascii: "]"), _): _ = levels.popLast()
            case (UInt8(ascii: ","), .array(let index)): levels[levels.count - 1] = .array(index: index + 1)
            case (UInt8(ascii: ","), .object): levels[levels.count - 1] = .object(key: nil)
            case (UInt8(ascii: "\""), let level):
                let start = place + 1
                place = start
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                if case .object(nil) = level, place < offset {
                    levels[levels.count - 1] = .object(key: start..<place)
                }
            default: break
            }
            place += 1
        }
        return text(of: levels)
    }

    /// An open object with the key read last, or an open array with the index of the element that comes.
    private enum Level {
        case object(key: Range<Int>?)
        case array(index: Int)
    }

    private func text(of levels: [Level]) -> String? {
        var pointer = ""
        for level in levels {
            switch level {
            case .object(let key?):
                pointer += "/" + JSONPointer.token(Self.unescaped(bytes, key))
            case .object(nil): break
            case .array(let index): pointer += "/\(index)"
            }
        }
        return pointer.isEmpty ? nil : pointer
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// A text for an error: on one line, and not longer than one wants to read.
    static func shown(_ text: JSONText) -> String { JSONPointer.oneLine(String(text)) }
}
