import Base
import Linux
import OCI

/// How much time tasks lost while they waited for a resource (kernel: Documentation/accounting/psi.rst).
struct Pressure: Equatable, Sendable {
    /// One line of the file.
    struct Share: Equatable, Sendable {
        /// The percentage of the last 10, 60 and 300 seconds, as JSON numbers.
        var averages: [String] = ["0", "0", "0"]
        /// The total time, in microseconds.
        var total: UInt64 = 0
    }

    /// The time in which some tasks waited.
    var some = Share()
    /// The time in which all tasks waited.
    var full = Share()

    /// Reads `some avg10=0.12 avg60=0.00 avg300=0.00 total=345` and the same for `full`.
    ///
    /// - Returns: nil if there is no such line, as with pressure accounting switched off.
    init?(_ text: String) {
        var isEmpty = true
        for line in StatisticsText.lines(text) {
            guard let share = Share(line.dropFirst()) else { continue }
            switch line.first {
            case "some": some = share
            case "full": full = share
            default: continue
            }
            isEmpty = false
        }
        if isEmpty { return nil }
    }
}

extension Pressure.Share {
    fileprivate init?(_ words: ArraySlice<Substring>) {
        guard words.count == 4 else { return nil }
        for (index, word) in words.enumerated() {
            guard let value = word.split(separator: "=", maxSplits: 1).last else { return nil }
            if index < 3 {
                guard let number = Self.number(value) else { return nil }
                averages[index] = number
            } else {
                guard let number = UInt64(value) else { return nil }
                total = number
            }
        }
    }

    /// Shortens `12.30` to `12.3` and `0.00` to `0`: the shortest text of the same number.
    private static func number(_ text: Substring) -> String? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = UInt64(parts[0]) else { return nil }
        guard parts.count == 2 else { return "\(whole)" }
        guard UInt64(parts[1]) != nil else { return nil }
        var digits = Array(parts[1].utf8)
        while digits.last == UInt8(ascii: "0") { digits.removeLast() }
        return digits.isEmpty ? "\(whole)" : "\(whole).\(String(decoding: digits, as: UTF8.self))"
    }
}

extension Pressure: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("some", some)
            json.member("full", full)
        }
    }
}

extension Pressure.Share: JSONWritable {
    func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("avg10", Literal(text: averages[0]))
            json.member("avg60", Literal(text: averages[1]))
            json.member("avg300", Literal(text: averages[2]))
            json.member("total", total)
        }
    }

    private struct Literal: JSONWritable {
        let text: String

        func write(to json: inout JSONWriter) { json.literal(text) }
    }
}

/// Parses files of cgroup v2 such as `cpu.stat` or `io.stat`.
enum StatisticsText {
    /// Splits the text into lines, and each line into words.
    static func lines(_ text: String) -> [[Substring]] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map { line in
            line.split(separator: UInt8(ascii: " ")).map { Substring($0) }
        }
    }

    /// Reads a file that holds one number; `max` becomes the largest number.
    static func number(_ text: String) -> UInt64? {
        guard let word = lines(text).first?.first else { return nil }
        return word == "max" ? .max : UInt64(word)
    }

    /// Reads lines of a name and a number.
    static func entries(_ text: String) -> [(name: String, number: UInt64)] {
        lines(text).compactMap { words in
            guard words.count == 2, let number = UInt64(words[1]) else { return nil }
            return (String(words[0]), number)
        }
    }
}
