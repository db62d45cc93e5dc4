import Base

/// A number in the text, with what integers need to know about it.
struct JSONNumber {
    /// Where its text is.
    var range: Range<Int>
    var isNegative: Bool
    /// The value without the sign; meaningless if `isTooLarge`.
    var magnitude: UInt64 = 0
    /// Whether the magnitude does not fit into 64 bits.
    var isTooLarge = false
    /// Whether it has neither fraction nor exponent.
    var isWhole = true
}

extension JSONReader {
    /// Reads an integer that fits into the wanted type. `1.0` and `1e3` are refused, as Go refuses them: a program that
    /// writes an integer so has treated it as a floating-point number and may have lost its exact value.
    public mutating func integer<Integer: FixedWidthInteger>(
        _: Integer.Type = Integer.self
    ) throws(Failure) -> Integer {
        switch peek() {
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): break
        default: throw expected("an integer")
        }
        let number = try number()
        if number.isWhole, !number.isTooLarge {
            if !number.isNegative {
                if let value = Integer(exactly: number.magnitude) { return value }
            } else if number.magnitude <= 1 << 63 {
                if let value = Integer(exactly: Int64(truncatingIfNeeded: 0 &- number.magnitude)) { return value }
            }
        }
        throw refusal(of: number, "\(Integer.min)", "\(Integer.max)")
    }

    private func refusal(of number: JSONNumber, _ least: String, _ greatest: String) -> Failure {
        let text = Self.shown(JSONText(bytes: UnsafeRawBufferPointer(rebasing: bytes[number.range])))
        let place = pointer(at: number.range.lowerBound)
        guard number.isWhole else {
            return Failure(
                "expected an integer without fraction or exponent, found \(text)", pointer: place, code: .wrongType)
        }
        return Failure(
            "\(text) is out of range: expected \(least) to \(greatest)", pointer: place, code: .outOfRange)
    }

    /// Moves past a number. The cursor must be at its first byte.
    mutating func number() throws(Failure) -> JSONNumber {
        let start = cursor
        let isNegative = bytes[cursor] == UInt8(ascii: "-")
        if isNegative { cursor += 1 }
        var number = JSONNumber(range: start..<start, isNegative: isNegative)
        let first = cursor
        while let digit = digit() {
            let (product, overflows) = number.magnitude.multipliedReportingOverflow(by: 10)
            let (sum, overflowsToo) = product.addingReportingOverflow(digit)
            number.isTooLarge = number.isTooLarge || overflows || overflowsToo
            number.magnitude = sum
            cursor += 1
        }
        guard cursor > first else { throw syntax("expected a digit, found \(found())", at: cursor) }
        guard bytes[first] != UInt8(ascii: "0") || cursor == first + 1 else {
            throw syntax("a number must not begin with 0", at: start)
        }
        if cursor < bytes.count, bytes[cursor] == UInt8(ascii: ".") {
            number.isWhole = false
            cursor += 1
            try digits()
        }
        if cursor < bytes.count, bytes[cursor] | 0x20 == UInt8(ascii: "e") {
            number.isWhole = false
            cursor += 1
            if cursor < bytes.count, bytes[cursor] == UInt8(ascii: "+") || bytes[cursor] == UInt8(ascii: "-") {
                cursor += 1
            }
            try digits()
        }
        number.range = start..<cursor
        return number
    }

    /// The value of the digit at the cursor; nil if there is no digit.
    private func digit() -> UInt64? {
        guard cursor < bytes.count else { return nil }
        let byte = bytes[cursor]
        guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { return nil }
        return UInt64(byte - UInt8(ascii: "0"))
    }

    /// Moves past one or more digits.
    private mutating func digits() throws(Failure) {
        guard digit() != nil else { throw syntax("expected a digit, found \(found())", at: cursor) }
        while digit() != nil { cursor += 1 }
    }
}
