import Base

/// Numbers of processors or memory nodes as the kernel lists them (cpuset(7), "List format"): `0-3,7`.
struct NumberList: Equatable {
    /// In the order written; none of them is empty, and they may overlap.
    private(set) var ranges: [ClosedRange<Int>] = []

    /// More than any kernel counts to: what set_mempolicy(2) takes at most.
    static let highest = 32767

    /// - Returns: nil for a text that is no such list, or where a number is above ``highest``.
    init?(_ text: String) {
        guard !text.isEmpty else { return nil }
        for part in text.utf8.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
            let ends = part.split(
                separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
            guard let first = Self.number(ends[0]), let last = Self.number(ends[ends.count - 1]), ends.count <= 2,
                first <= last
            else { return nil }
            ranges.append(first...last)
        }
    }

    /// Bit N is number N.
    var mask: [UInt64] {
        var mask = [UInt64](repeating: 0, count: (ranges.map { $0.upperBound }.max() ?? 0) / 64 + 1)
        for number in ranges.joined() { mask[number / 64] |= 1 << UInt64(number % 64) }
        return mask
    }

    private static func number(_ digits: Substring.UTF8View) -> Int? {
        guard let first = digits.first, first >= UInt8(ascii: "0"), first <= UInt8(ascii: "9"),
            let number = Int(Substring(digits)), number <= highest
        else { return nil }
        return number
    }
}
