/// Paths as text, split by bytes, as the kernel does.
///
/// Swift's `Character` is not a byte. A `/` before a combining mark is not the character `/`, and two names that the
/// kernel distinguishes can compare as equal. So a rule that checks a path by characters can be bypassed.
public enum Path {
    /// Returns the parts between the slashes, without empty parts.
    public static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// Returns the shortest form of an absolute path, like Go's filepath.Clean: no `.`, no `..`, no `//`, no `/` at the
    /// end. A relative path is taken from `/`. Links are not followed.
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

    /// Whether the text begins with the bytes of `prefix`.
    public static func begins(_ text: String, with prefix: StaticString) -> Bool {
        text.utf8.starts(with: UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
    }

    /// Whether the text ends in the bytes of `suffix`.
    public static func ends(_ text: String, with suffix: StaticString) -> Bool {
        text.utf8.suffix(suffix.utf8CodeUnitCount)
            .elementsEqual(UnsafeBufferPointer(start: suffix.utf8Start, count: suffix.utf8CodeUnitCount))
    }

    /// Whether the two consist of the same bytes.
    public static func areSame(_ one: String, _ other: String) -> Bool { one.utf8.elementsEqual(other.utf8) }
}
