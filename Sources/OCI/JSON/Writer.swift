import Base

/// Writes a JSON text (RFC 8259). Keys are written in the order given.
public struct JSONWriter {
    /// How the text is laid out.
    public enum Layout: Equatable, Sendable {
        /// On one line, without white space.
        case compact
        /// One value per line, each level indented by this many spaces more.
        case spaces(Int)
        /// One value per line, each level indented by one tab more.
        case tabs
    }

    private var bytes: [UInt8] = []
    private let layout: Layout
    private var depth = 0
    /// Whether nothing has been written into the open object or array yet.
    private var isFirst = true

    /// Makes a writer with an empty text.
    public init(_ layout: Layout) { self.layout = layout }

    /// The text so far.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

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

    /// Writes a property; nothing if `value` is nil.
    public mutating func member(_ name: String, _ value: (some JSONWritable)?) {
        guard let value else { return }
        separate()
        string(name)
        put(layout == .compact ? ":" : ": ")
        value.write(to: &self)
    }

    /// Writes a property of a ``JSONObject``. Its name needs no escapes.
    mutating func property(_ name: StaticString, _ value: some JSONWritable) {
        separate()
        put("\"")
        put(name)
        put(layout == .compact ? "\":" : "\": ")
        value.write(to: &self)
    }

    /// Writes a string.
    public mutating func string(_ value: String) {
        bytes.append(UInt8(ascii: "\""))
        characters(value)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Writes a number, `true`, `false` or `null` as it is.
    public mutating func literal(_ value: String) { bytes.append(contentsOf: value.utf8) }

    /// Writes the text between the quotes of a string.
    mutating func characters(_ value: String) {
        var value = value
        let isPlain = value.withUTF8 { $0.allSatisfy(Self.isPlain) }
        bytes.append(contentsOf: isPlain ? value.utf8 : Escaping.json.text(value).utf8)
    }

    /// Whether a byte needs no escape, whatever its neighbours are.
    private static func isPlain(_ byte: UInt8) -> Bool {
        byte >= 0x20 && byte < 0x7F && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    private mutating func put(_ text: StaticString) {
        text.withUTF8Buffer { bytes.append(contentsOf: $0) }
    }

    private mutating func nest(
        _ opening: StaticString, _ closing: StaticString, _ body: (inout JSONWriter) -> Void
    ) {
        put(opening)
        depth += 1
        isFirst = true
        body(&self)
        depth -= 1
        if !isFirst { breakLine() }
        isFirst = false
        put(closing)
    }

    /// Begins the next value of the open object or array.
    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        breakLine()
    }

    private mutating func breakLine() {
        switch layout {
        case .compact: return
        case .spaces(let width):
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width * depth))
        case .tabs:
            bytes.append(UInt8(ascii: "\n"))
            bytes.append(contentsOf: repeatElement(UInt8(ascii: "\t"), count: depth))
        }
    }
}
