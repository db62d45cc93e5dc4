import CShim

/// Standard output, for results, and standard error, for diagnostics. We do not use stdio: fork copies its buffer, so a
/// line in it would be printed twice.
public enum Output: CInt, Sendable {
    case result = 1
    case diagnostics = 2

    /// Writes the whole `text`, in one write(2) if the kernel allows. It never throws.
    ///
    /// - Returns: Whether all of it was written; false for a closed output, for example.
    @discardableResult
    public func write(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var rest = UnsafeRawBufferPointer(bytes)
            while !rest.isEmpty {
                let count = shim_write(rawValue, rest.baseAddress, rest.count)
                if count == -Int(Errno.EINTR.rawValue) { continue }
                guard count > 0 else { return false }
                rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
            }
            return true
        }
    }
}

/// Returns `text` in double quotes, as JSON writes it, so that it stays on one line and its end is visible.
public func quoted(_ text: String) -> String { "\"" + Escaping.json.text(text) + "\"" }

/// Returns `text` in a form that is safe in a line without quotes. Characters that could end the line, move the cursor
/// or change the reading direction become escapes, like those of Go's `%q`.
///
/// An image chooses many of the bytes that a message repeats: the interpreter of a script, the loader of a program, the
/// output of a hook. An unescaped ESC would control the reader's terminal. An unescaped line end would begin a line
/// that looks like ours, such as a false `level=error`.
public func escaped(_ text: String) -> String { Escaping.bare.text(text) }

/// How to make a text safe for one line. All text from outside goes through this before it is printed.
public enum Escaping: Sendable {
    /// For a line without quotes. Quotes and backslashes stay, because callers match on words such as `exec: "x": `.
    case bare
    /// For a text in double quotes as Go's `%q` writes it, which logrus uses in its text lines; but BEL, backspace, VT
    /// and FF become `\x07`, `\x08`, `\x0b` and `\x0c` instead of `\a`, `\b`, `\v` and `\f`. A reader decodes both
    /// alike.
    case go
    /// For a text in double quotes in JSON (RFC 8259, section 7).
    case json

    /// Returns `text` with escapes, or unchanged if it needs no escapes.
    public func text(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: { escape($0) != nil }) else { return text }
        var result = ""
        for scalar in text.unicodeScalars {
            if let escape = escape(scalar) { result += escape } else { result.unicodeScalars.append(scalar) }
        }
        return result
    }

    /// Returns what to write in place of a character; nil if the character stays.
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

    /// Whether a terminal or an editor acts on a character instead of showing it: the control characters (C0, DEL and
    /// C1, in which U+009B alone means ESC [), the two line separators, and the characters that change the reading
    /// direction.
    private static func isCommand(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x2028...0x202E, 0x2066...0x2069: true
        default: false
        }
    }
}
