/// Paths as text; nothing here looks at a file.
enum Path {
    /// `path` itself where it begins with `/`, else below `directory`.
    static func absolute(_ path: String, from directory: String) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(directory)/\(path)"
    }

    /// The shortest form of an absolute path, as Go's filepath.Clean makes it: no `.`, no `..`, no `//`, no `/` at the
    /// end. Links are not looked at.
    static func cleaned(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") {
            switch part {
            case ".": continue
            case "..": _ = parts.popLast()
            default: parts.append(part)
            }
        }
        return "/" + parts.joined(separator: "/")
    }
}
