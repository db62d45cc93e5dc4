/// A number of bytes as people write it: `64m`, `1.5g`, `512 KiB`, `1048576`. Units are powers of 1024, in upper or
/// lower case, with or without `b` or `ib` after them, as in Docker and runc.
enum ByteSize {
    /// Reads a size. A fraction of a byte is dropped.
    ///
    /// - Returns: nil if the text is not a size, or the size does not fit a signed 64-bit number.
    static func bytes(_ text: String) -> Int64? {
        let end = text.utf8.firstIndex { !isDigit($0) && $0 != UInt8(ascii: ".") } ?? text.utf8.endIndex
        let number = String(text[..<end])
        var unit = String(text[end...]).lowercased()
        if unit.utf8.first == UInt8(ascii: " ") { unit.removeFirst() }
        guard let first = number.utf8.first, isDigit(first), let shift = shift(unit) else { return nil }
        if let whole = Int64(number) {
            let (bytes, isTooLarge) = whole.multipliedReportingOverflow(by: 1 << shift)
            return isTooLarge ? nil : bytes
        }
        guard let value = Double(number) else { return nil }
        return Int64(exactly: (value * Double(Int64(1) << shift)).rounded(.towardZero))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func shift(_ unit: String) -> Int64? {
        switch unit {
        case "", "b": 0
        case "k", "kb", "kib": 10
        case "m", "mb", "mib": 20
        case "g", "gb", "gib": 30
        case "t", "tb", "tib": 40
        case "p", "pb", "pib": 50
        default: nil
        }
    }
}

/// A length of time in the form that Go's time.ParseDuration reads: `5s`, `1m30s`, `1.5h`, `250ms`.
enum GoDuration {
    /// Reads a length of time.
    ///
    /// - Returns: Nanoseconds; nil if the text is not a length of time, or is above 292 years.
    static func nanoseconds(_ text: String) -> Int64? {
        var rest = Substring(text).utf8
        let isNegative = rest.first == UInt8(ascii: "-")
        if isNegative || rest.first == UInt8(ascii: "+") { rest = rest.dropFirst() }
        if rest.elementsEqual("0".utf8) { return 0 }
        guard !rest.isEmpty else { return nil }
        var total = 0.0
        while !rest.isEmpty {
            let number = rest.prefix { (0x30...0x39).contains($0) || $0 == UInt8(ascii: ".") }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !(0x30...0x39).contains($0) && $0 != UInt8(ascii: ".") }
            rest = rest.dropFirst(unit.count)
            // Like ParseDuration, accept ".5s" and "5.s". Swift's own reader does not.
            guard number.contains(where: { $0 != UInt8(ascii: ".") }),
                let value = Double("0\(Substring(number))0"), let scale = scale(Substring(unit))
            else { return nil }
            let digitsBehind = number.contains(UInt8(ascii: "."))
            total += (digitsBehind ? value : value / 10) * scale
        }
        return Int64(exactly: (isNegative ? -total : total).rounded())
    }

    private static func scale(_ unit: Substring) -> Double? {
        switch unit {
        case "ns": 1
        case "us", "µs", "μs": 1e3
        case "ms": 1e6
        case "s": 1e9
        case "m": 60e9
        case "h": 3600e9
        default: nil
        }
    }
}
