/// Paths as text, taken apart by bytes, as the kernel does.
///
/// Swift's `Character` is not a byte: a `/` before a combining mark is no `/` to it, and two names that the kernel tells apart
/// can be equal. A rule about a path that is checked by characters can be walked around.
public enum Path {
    /// What stands between the slashes; empty parts are left out.
    public static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The shortest form of an absolute path, as Go's filepath.Clean makes it: no `.`, no `..`, no `//`, no `/` at the
    /// end; a relative one is taken from `/`. Links are not looked at.
    public static func cleaned(_ path: String) -> String {
        var parts: [Substring.UTF8View] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        var text = ""
        for part in parts { text += "/" + String(decoding: part, as: UTF8.self) }
        return text.isEmpty ? "/" : text
    }

    /// Whether the text begins with these bytes.
    public static func begins(_ text: String, with prefix: StaticString) -> Bool {
        text.utf8.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    }

    /// Whether the two are the same bytes.
    public static func areSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
}
