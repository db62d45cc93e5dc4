/// Writes a JSON text (RFC 8259), its keys in the order in which they are given.
public struct JSONWriter {
    /// How the text is laid out.
    public enum Layout: Equatable, Sendable {
        /// On one line, without white space.
        case compact
        /// A value a line, each level so many spaces further in.
        case spaces(Int)
        /// A value a line, each level one tab further in.
        case tabs
    }

    /// The text so far.
    public private(set) var text = ""
    private let layout: Layout
    private var depth = 0
    /// Whether nothing was written yet into the object or array that is open.
    private var isFirst = true

    /// A writer of an empty text.
    public init(_ layout: Layout) { self.layout = layout }

    /// Writes an object; `members` writes its properties with ``member(_:_:)``.
    public mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", "}", members) }

    /// Writes an array of `values`.
    public mutating func array(_ values: some Sequence<some JSONWritable>) {
        nest("[", "]") { json in
            for value in values {
                json.separate()
                value.write(to: &json)
            }
        }
    }

    /// Writes a property; nothing where `value` is nil.
    public mutating func member(_ name: String, _ value: (some JSONWritable)?) {
        guard let value else { return }
        separate()
        string(name)
        text += layout == .compact ? ":" : ": "
        value.write(to: &self)
    }

    /// Writes a string.
    public mutating func string(_ value: String) {
        text += "\""
        for scalar in value.unicodeScalars { Self.escape(scalar, into: &text) }
        text += "\""
    }

    /// Writes a number or `true`, `false`, `null`, as it is.
    public mutating func literal(_ value: String) { text += value }

    /// Appends a character as it stands in a JSON string.
    static func escape(_ scalar: Unicode.Scalar, into text: inout String) {
        switch scalar {
        case "\"": text += "\\\""
        case "\\": text += "\\\\"
        case "\n": text += "\\n"
        case "\r": text += "\\r"
        case "\t": text += "\\t"
        case "\u{8}": text += "\\b"
        case "\u{C}": text += "\\f"
        case "\0"..."\u{1F}": text += (scalar.value < 16 ? "\\u000" : "\\u00") + String(scalar.value, radix: 16)
        default: text.unicodeScalars.append(scalar)
        }
    }

    private mutating func nest(_ opening: String, _ closing: String, _ body: (inout JSONWriter) -> Void) {
        text += opening
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        if !isFirst { breakLine() }
        isFirst = false
        text += closing
    }

    /// Begins the next value of the open object or array.
    private mutating func separate() {
        if !isFirst { text += "," }
        isFirst = false
        breakLine()
    }

    private mutating func breakLine() {
        switch layout {
        case .compact: return
        case .spaces(let width): text += "\n" + String(repeating: " ", count: width * depth)
        case .tabs: text += "\n" + String(repeating: "\t", count: depth)
        }
    }
}
