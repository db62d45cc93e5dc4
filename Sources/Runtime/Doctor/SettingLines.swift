/// The lines `key = value` of a file of settings in TOML, with the table that each is in.
///
/// This is no reader of TOML: it knows lines of one key and one text, number or truth value, which is what the few
/// settings that doctor looks for are. Everything else is skipped.
struct SettingLines: Equatable {
    struct Line: Equatable {
        /// The last `[table]` before it; empty before the first.
        var table: String
        var key: String
        /// Without quotes. For a list, its first text.
        var value: String
    }

    var lines: [Line] = []

    /// Adds the lines of a file. Those of a later file count more.
    mutating func add(_ text: String) {
        var table = ""
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let line = Self.trimmed(line)
            if line.first == UInt8(ascii: "[") {
                table = String(
                    decoding: line.filter { $0 != UInt8(ascii: "[") && $0 != UInt8(ascii: "]") }, as: UTF8.self)
                continue
            }
            guard line.first != UInt8(ascii: "#"), let sign = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
            let key = String(Substring(Self.trimmed(line[..<sign])))
            lines.append(Line(table: table, key: key, value: Self.value(line[line.index(after: sign)...])))
        }
    }

    /// The value of a key, wherever it is; the last one counts.
    subscript(key: String) -> String? { lines.last { $0.key == key }?.value }

    /// The text between the first quotes; or the first word, which a comment may follow.
    private static func value(_ text: Substring.UTF8View) -> String {
        for quote in [UInt8(ascii: "\""), UInt8(ascii: "'")] {
            guard let start = text.firstIndex(of: quote) else { continue }
            let rest = text[text.index(after: start)...]
            return String(Substring(rest.prefix { $0 != quote }))
        }
        return String(Substring(trimmed(text).prefix { $0 > 0x20 && $0 != UInt8(ascii: "#") }))
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        var line = line
        while let first = line.first, first <= 0x20 { line = line.dropFirst() }
        while let last = line.last, last <= 0x20 { line = line.dropLast() }
        return line
    }
}
