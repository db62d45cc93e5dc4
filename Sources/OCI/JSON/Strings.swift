import Base

/// A string in the text, between its quotes.
struct StringSpan {
    var range: Range<Int>
    var hasEscapes: Bool
    var hasNUL: Bool
}

extension JSONReader {
    /// Reads a string.
    ///
    /// - Parameter allowingNUL: Whether the string may hold `\u0000`. A string that becomes a C string must not, since
    ///   it would end there.
    public mutating func string(allowingNUL: Bool = false) throws(Failure) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw expected("a string") }
        let start = cursor
        let span = try span()
        guard allowingNUL || !span.hasNUL else {
            throw Failure(
                "the string must not hold a NUL character", pointer: pointer(at: start), code: .nulCharacter)
        }
        guard span.hasEscapes else {
            return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[span.range]), as: UTF8.self)
        }
        return Self.unescaped(bytes, span.range)
    }

    /// Reads a word of the standard, such as a namespace's type.
    public mutating func word<Word: SpecWord>(_: Word.Type = Word.self) throws(Failure) -> Word {
        let start = cursor
        let text = try wordText()
        if let word = Word(rawValue: text) { return word }
        var known: [String] = []
        for word in Word.allCases { known.append(word.word) }
        throw unknownWord(text, at: start, Word.noun, known)
    }

    @inline(never)
    private mutating func wordText() throws(Failure) -> String {
        guard peek() == UInt8(ascii: "\"") else { throw expected("a string") }
        return String(text(try span()))
    }

    /// Makes the failure for an unknown word.
    @inline(never)
    private func unknownWord(_ text: String, at start: Int, _ noun: StaticString, _ known: [String]) -> Failure {
        Failure(
            "unknown \(noun) \"\(JSONPointer.oneLine(text))\"", pointer: pointer(at: start),
            hint: "known are \(known.joined(separator: ", "))", code: .unknownValue)
    }

    /// Reads a word of the standard, or nil for the empty string.
    mutating func wordOrNothing<Word: SpecWord>(_: Word.Type = Word.self) throws(Failure) -> Word? {
        let quote = UInt8(ascii: "\"")
        guard peek() == quote, cursor + 1 < bytes.count, bytes[cursor + 1] == quote else { return try word() }
        _ = try span()
        return nil
    }

    /// Reads a key.
    mutating func key() throws(Failure) -> Key {
        guard peek() == UInt8(ascii: "\"") else {
            throw syntax("expected a key in double quotes, found \(found())", at: cursor)
        }
        let start = cursor
        let span = try span()
        guard !span.hasNUL else { throw syntax("a key must not hold a NUL character", at: start) }
        return Key(text: text(span), offset: start)
    }

    /// The string without its escapes. Nearly always it has no escape; then it is used in place.
    private mutating func text(_ span: StringSpan) -> JSONText {
        guard span.hasEscapes else { return JSONText(bytes: UnsafeRawBufferPointer(rebasing: bytes[span.range])) }
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: span.range.count, alignment: 1)
        copies.append(copy)
        let count = Self.unescape(bytes, span.range, into: copy)
        return JSONText(bytes: UnsafeRawBufferPointer(rebasing: copy[..<count]))
    }

    /// Moves past a string and checks every byte of it. The cursor must be at the opening quote.
    mutating func span() throws(Failure) -> StringSpan {
        let start = cursor + 1
        var hasEscapes = false
        var hasNUL = false
        cursor = start
        while true {
            passPlain()
            guard cursor < bytes.count else { throw syntax("the text ends within a string", at: cursor) }
            switch bytes[cursor] {
            case UInt8(ascii: "\""):
                cursor += 1
                return StringSpan(range: start..<(cursor - 1), hasEscapes: hasEscapes, hasNUL: hasNUL)
            case UInt8(ascii: "\\"):
                hasEscapes = true
                if try escape() == 0 { hasNUL = true }
            case 0x00...0x1F: throw syntax("a string must not hold a control character unescaped", at: cursor)
            case 0x80...0xFF:
                let length = lengthOfCharacter()
                guard length > 0 else { throw syntax("the text is not UTF-8", at: cursor) }
                cursor += length
            default: cursor += 1
            }
        }
    }

    /// Moves past bytes that need no further check: printable ASCII except quotes and backslashes.
    private mutating func passPlain() {
        var place = cursor  // on its own, it stays in a register
        while place < bytes.count {
            let byte = bytes[place]
            guard byte &- 0x20 < 0x60, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { break }
            place += 1
        }
        cursor = place
    }

    /// Moves past an escape and returns the character that it means.
    private mutating func escape() throws(Failure) -> UInt32 {
        let start = cursor
        cursor += 1
        guard cursor < bytes.count else { throw syntax("the text ends within a string", at: cursor) }
        if let plain = Self.plainEscape(bytes[cursor]) {
            cursor += 1
            return UInt32(plain)
        }
        guard bytes[cursor] == UInt8(ascii: "u") else { throw syntax("unknown escape in a string", at: start) }
        guard let first = Self.hexadecimal(bytes, cursor + 1) else {
            throw syntax("\\u needs four hexadecimal digits", at: start)
        }
        cursor += 5
        guard 0xD800...0xDFFF ~= first else { return first }
        // Half of a surrogate pair means nothing alone; the other half must follow.
        guard first < 0xDC00, cursor + 1 < bytes.count, bytes[cursor] == UInt8(ascii: "\\"),
            bytes[cursor + 1] == UInt8(ascii: "u"), let second = Self.hexadecimal(bytes, cursor + 2),
            0xDC00...0xDFFF ~= second
        else { throw syntax("a lone surrogate in a string", at: start) }
        cursor += 6
        return 0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)
    }

    /// The length of the character of two or more bytes at the cursor; 0 if it is not UTF-8 (RFC 3629).
    private func lengthOfCharacter() -> Int {
        let first = bytes[cursor]
        let rest = bytes.count - cursor - 1
        // The range of the second byte excludes overlong forms, surrogates and characters above U+10FFFF.
        let (length, second): (Int, ClosedRange<UInt8>)
        switch first {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xE1...0xEC, 0xEE...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: return 0
        }
        guard rest >= length - 1, second ~= bytes[cursor + 1] else { return 0 }
        for index in 2..<max(length, 2) where bytes[cursor + index] & 0xC0 != 0x80 { return 0 }
        return length
    }

    /// The string in `range`, which has been checked, without its escapes.
    static func unescaped(_ bytes: UnsafeRawBufferPointer, _ range: Range<Int>) -> String {
        String(unsafeUninitializedCapacity: range.count) { buffer in
            unescape(bytes, range, into: UnsafeMutableRawBufferPointer(buffer))
        }
    }

    /// Writes the string in `range`, which has been checked, without its escapes.
    ///
    /// - Returns: How many bytes were written; never more than the range has.
    private static func unescape(
        _ bytes: UnsafeRawBufferPointer, _ range: Range<Int>, into buffer: UnsafeMutableRawBufferPointer
    ) -> Int {
        var count = 0
        var cursor = range.lowerBound
        func put(_ byte: UInt8) {
            buffer[count] = byte
            count += 1
        }
        while cursor < range.upperBound {
            guard bytes[cursor] == UInt8(ascii: "\\") else {
                put(bytes[cursor])
                cursor += 1
                continue
            }
            if let plain = plainEscape(bytes[cursor + 1]) {
                put(plain)
                cursor += 2
                continue
            }
            var value = hexadecimal(bytes, cursor + 2) ?? 0
            cursor += 6
            if 0xD800...0xDBFF ~= value {
                value = 0x10000 + (value - 0xD800) << 10 + ((hexadecimal(bytes, cursor + 2) ?? 0xDC00) - 0xDC00)
                cursor += 6
            }
            if let scalar = Unicode.Scalar(value) { UTF8.encode(scalar).map { $0.forEach(put) } }
        }
        return count
    }

    /// The character that an escape of two characters means, given its second character; nil if there is no such
    /// escape.
    private static func plainEscape(_ letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// The value of the four hexadecimal digits at `start`; nil if there are not four.
    private static func hexadecimal(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> UInt32? {
        guard start + 4 <= bytes.count else { return nil }
        var value: UInt32 = 0
        for index in start..<(start + 4) {
            let digit = bytes[index]
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 + UInt32(digit - 0x30)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = value << 4 + UInt32(digit - 0x37)
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 + UInt32(digit - 0x57)
            default: return nil
            }
        }
        return value
    }
}
