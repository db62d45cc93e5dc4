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
