/// `text` in double quotes, as JSON writes it, so that one line stays one line and its end can be seen.
public func quoted(_ text: String) -> String { "\"" + Escaping.json.text(text) + "\"" }

/// `text` as a bare line may hold it: what could end the line, move the cursor or turn the reading direction is written as an
/// escape, as Go's `%q` has it.
///
/// An image chooses many of the bytes that a message repeats: the interpreter of a script, the loader of a program, what a
/// hook printed. Raw, an ESC would command the reader's terminal, and a line end would begin a line of its own making, such as
/// a false `level=error`.
public func escaped(_ text: String) -> String { Escaping.bare.text(text) }

/// How a text is made safe for one line. Everything that prints and comes from outside goes through it.
public enum Escaping: Sendable {
    /// In a line without quotes: quotes and backslashes stay, since callers match on words such as `exec: "x": `.
    case bare
    /// Inside double quotes, as Go's `%q` has it, which logrus uses in its text lines.
    case go
    /// Inside double quotes, as JSON has it (RFC 8259, section 7).
    case json

    /// `text` with escapes; itself where it needs none.
    public func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { escape($0) != nil }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let escape = escape(scalar) { result += escape } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// What is written in place of a character; nil where it stays.
    private func escape(_ scalar: Unicode.Scalar) -> String? {
        switch scalar {
        case "\"" where self != .bare: return "\\\""
        case "\\" where self != .bare: return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case "\u{8}" where self == .json: return "\\b"
        case "\u{C}" where self == .json: return "\\f"
        default: break
        }
        guard Self.isCommand(scalar) else { return nil }
        let digits = String(scalar.value, radix: 16)
        if self != .json, scalar.value < 0x80 { return (scalar.value < 0x10 ? "\\x0" : "\\x") + digits }
        return "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
    }

    /// Whether a terminal or an editor acts on a character and does not show it: the control characters (C0, DEL, and C1,
    /// in which U+009B is an ESC [ of its own), the two line separators, and those that turn the reading direction.
    private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
