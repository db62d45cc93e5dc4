import Base
import Linux

/// Paths as text.
enum Path {
    /// `path` itself where it begins with `/`, else below `directory`.
    static func absolute(_ path: String, from directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    /// `path`, where there is one, from the current directory.
    static func absolute(_ path: String?) throws(Failure) -> String? {
        guard let path else { return nil }
        if path.utf8.first == UInt8(ascii: "/") { return path }
        return absolute(path, from: try ProcessAttribute.currentDirectory())
    }

    /// The shortest form of an absolute path, as Go's filepath.Clean makes it: no `.`, no `..`, no `//`, no `/` at the
    /// end. Links are not looked at.
    static func cleaned(_ path: String) -> String {
        // By bytes, as the kernel takes a path apart: a `/` before a combining mark is no `/` to Swift's `Character`.
        var parts: [Substring.UTF8View] = []
        for part in path.utf8.split(separator: UInt8(ascii: "/")) {
            if part.elementsEqual(".".utf8) { continue }
            if part.elementsEqual("..".utf8) { _ = parts.popLast() } else { parts.append(part) }
        }
        var text = ""
        for part in parts { text += "/" + String(decoding: part, as: UTF8.self) }
        return text.isEmpty ? "/" : text
    }
}
