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
