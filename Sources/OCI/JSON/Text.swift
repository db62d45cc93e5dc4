/// A string of the text that was not copied: a key, or a word that is only looked up.
///
/// It is compared where it stands, so that reading a key makes no `String`. It is good for as long as the reader that
/// gave it; do not keep it.
public struct JSONText {
    /// The string's UTF-8, escapes undone.
    let bytes: UnsafeRawBufferPointer
    /// Where the words go that it is compared with; nil where nobody wants to know.
    var compared: UnsafeMutablePointer<ComparedWords>?

    /// Whether the two are the same, byte for byte: case matters. This is what `case "path":` calls.
    public static func ~= (word: StaticString, text: JSONText) -> Bool {
        if let compared = text.compared { compared.pointee.words.append(word) }
        guard text.bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<text.bytes.count where text.bytes[index] != word.utf8Start[index] { return false }
        if let compared = text.compared { compared.pointee.isKnown = true }
        return true
    }

    /// Whether the two are the same, byte for byte.
    func equals(_ other: JSONText) -> Bool {
        bytes.count == other.bytes.count && bytes.elementsEqual(other.bytes)
    }

    /// An order in which equal texts stand side by side.
    func precedes(_ other: JSONText) -> Bool {
        guard bytes.count == other.bytes.count else { return bytes.count < other.bytes.count }
        return bytes.lexicographicallyPrecedes(other.bytes)
    }
}

extension String {
    /// A copy of the text.
    public init(_ text: JSONText) { self.init(decoding: text.bytes, as: UTF8.self) }
}
