/// JSON pointers (RFC 6901), which name a place in config.json: `/mounts/0/options/2`.
public enum JSONPointer {
    /// Makes one step of a pointer from a name: `net/ipv4` becomes `net~1ipv4`.
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

    /// Makes a text from outside safe for an error: on one line, and cut to a readable length.
    static func oneLine(_ text: String) -> String {
        let longest = 128
        var line = JSONWriter(.compact)
        line.characters(String(text.unicodeScalars.prefix(longest)))
        return text.unicodeScalars.dropFirst(longest).isEmpty ? line.text : line.text + "..."
    }
}

extension JSONReader {
    /// Finds the JSON pointer of the value that begins at `offset`, or of the innermost value around it; nil for the
    /// whole text.
    ///
    /// It walks over the text from the start. The text before `offset` has been read and is correct.
    func pointer(at offset: Int) -> String? {
        var levels: [Level] = []
        var place = 0
        while place < min(offset, bytes.count) {
            switch (bytes[place], levels.last) {
            case (UInt8(ascii: "{"), _): levels.append(.object(key: nil))
            case (UInt8(ascii: "["), _): levels.append(.array(index: 0))
            case (UInt8(ascii: "}"), _), (UInt8(ascii: "]"), _): _ = levels.popLast()
            case (UInt8(ascii: ","), .array(let index)): levels[levels.count - 1] = .array(index: index + 1)
            case (UInt8(ascii: ","), .object): levels[levels.count - 1] = .object(key: nil)
            case (UInt8(ascii: "\""), let level):
                let start = place + 1
                place = start
                while place < bytes.count, bytes[place] != UInt8(ascii: "\"") {
                    place += bytes[place] == UInt8(ascii: "\\") ? 2 : 1
                }
                if case .object(nil) = level, place < offset {
                    levels[levels.count - 1] = .object(key: start..<place)
                }
            default: break
            }
            place += 1
        }
        return text(of: levels)
    }

    /// An open object with the key read last, or an open array with the index of the next element.
    private enum Level {
        case object(key: Range<Int>?)
        case array(index: Int)
    }

    private func text(of levels: [Level]) -> String? {
        var pointer = ""
        for level in levels {
            switch level {
            case .object(let key?):
                pointer += "/" + JSONPointer.token(Self.unescaped(bytes, key))
            case .object(nil): break
            case .array(let index): pointer += "/\(index)"
            }
        }
        return pointer.isEmpty ? nil : pointer
    }
}
