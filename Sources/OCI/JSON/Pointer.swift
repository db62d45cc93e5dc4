/// JSON pointers (RFC 6901), which name a place in config.json: `/mounts/0/options/2`.
public enum JSONPointer {
    /// A name as one step of a pointer: `net/ipv4` becomes `net~1ipv4`.
    public static func token(_ name: String) -> String {
        var token = ""
        for scalar in oneLine(name).unicodeScalars {
            switch scalar {
            case "~": token += "~0"
            case "/": token += "~1"
            default: token.unicodeScalars.append(scalar)
            }
        }
        return token
    }

    /// A foreign text for an error: on one line, and cut to what one wants to read.
    static func oneLine(_ text: String) -> String {
        let longest = 128
        var line = JSONWriter(.compact)
        line.characters(String(text.unicodeScalars.prefix(longest)))
        return text.unicodeScalars.dropFirst(longest).isEmpty ? line.text : line.text + "..."
    }
}
