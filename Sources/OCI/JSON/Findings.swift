import Base

/// What a reader finds if it goes on after errors, so that a person sees all errors at once.
///
/// After an error in a value, the reader skips the value. If something must be there, a stand-in takes its place. After
/// an error in the JSON syntax the reader cannot know what comes next, and stops.
public struct JSONFindings: Sendable {
    /// Reading stops after this many errors and warnings: a person does not read more, and each costs a walk over the
    /// text.
    public static var most: Int { 200 }

    /// The errors, in the order of the text. A reader that does not go on throws the first of them.
    public private(set) var failures: [Failure] = []
    /// Warnings: keys that the standard does not have, which a reader that does not go on skips silently, and absent
    /// numbers that count as 0.
    public private(set) var warnings: [Failure] = []
    /// JSON pointers of the values that were replaced by a stand-in, or count as absent.
    public private(set) var unread: [String] = []
    /// Whether ``most`` was reached.
    private(set) var isFull = false

    /// Makes empty findings.
    public init() {}

    fileprivate mutating func add(_ failure: Failure, isWarning: Bool = false) throws(Failure) {
        guard failures.count + warnings.count < Self.most else {
            isFull = true
            throw Failure("more than \(Self.most) problems: the rest was not looked at", code: .refused)
        }
        if isWarning { warnings.append(failure) } else { failures.append(failure) }
    }

    fileprivate mutating func addUnread(_ pointer: String) { unread.append(pointer) }

    /// Adds the error that ended the reading.
    mutating func end(with failure: Failure) { failures.append(failure) }
}

// How a reader goes on after an error.
extension JSONReader {
    /// Notes a failure and goes on.
    ///
    /// - Throws: The failure, if the reader does not go on or has found enough.
    mutating func note(_ failure: Failure) throws(Failure) {
        guard goesOn else { throw failure }
        try findings.add(failure)
    }

    /// Reads one value. If that fails, a reader that goes on skips the value.
    ///
    /// - Returns: nil if the reader skipped it.
    mutating func attempt<Value>(
        _ read: (inout JSONReader) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard goesOn else { return try read(&self) }
        let place = place
        do throws(Failure) { return try read(&self) } catch {
            try goOn(after: error, from: place)
            return nil
        }
    }

    /// Notes a failure to read the value at `place`, and skips that value.
    ///
    /// - Throws: The failure, if the reader does not go on or cannot.
    mutating func goOn(after failure: Failure, from place: Place) throws(Failure) {
        guard goesOn, failure.code != .invalidJSON, !findings.isFull else { throw failure }
        try findings.add(failure)
        findings.addUnread(pointer(at: place.cursor) ?? "")
        cursor = place.cursor
        depth = place.depth
        keys.removeLast(keys.count - place.keys)
        soughtCount = Self.nothing
        try skip()
    }

    /// Checks that the object that was just read (``checked``) has the property.
    @inline(never)
    mutating func checkPresence(of name: StaticString, _ absence: Absence) throws(Failure) {
        for index in checked.firstKey..<keys.count where !keys[index].isNull && name ~= keys[index].text { return }
        if absence == .refusedLast { postponed = name } else { try noteAbsence(of: name, absence) }
    }

    /// Notes that the property is absent from the object.
    mutating func noteAbsence(of name: StaticString, _ absence: Absence) throws(Failure) {
        var failure = missing(name, from: checkedNoun, at: checked.start)
        if absence == .readAsZero {
            guard goesOn else { return }
            failure.action += ", which is taken for 0"
            return try findings.add(failure, isWarning: true)
        }
        try note(failure)
        findings.addUnread("\(failure.pointer ?? "")/\(name)")
    }

    /// Warns that the object has no property with the key that was just read.
    ///
    /// - Parameter names: The names of the object's properties.
    mutating func noteUnknownKey(among names: [StaticString]) throws(Failure) {
        guard let key = keys.last else { return }
        let nearest = Spelling.nearest(to: String(key.text), among: names)
        let failure = Failure(
            "unknown key \"\(Self.shown(key.text))\"", pointer: pointer(at: cursor),
            hint: nearest.map { "did you mean \"\($0)\"?" }, code: .unknownKey)
        try findings.add(failure, isWarning: true)
    }
}

extension JSONReader {
    /// Makes the failure for an object that lacks a property.
    ///
    /// - Parameters:
    ///   - name: The property.
    ///   - owner: The object, as a sentence begins: `a mount`.
    ///   - offset: Where that object begins, as returned by ``JSONReader/object(_:)``.
    public func missing(_ name: StaticString, from owner: StaticString, at offset: Int) -> Failure {
        Failure("\(owner) needs \"\(name)\"", pointer: pointer(at: offset), code: .missingRequired)
    }

    /// Makes the failure for a value of the wrong kind at the cursor.
    func expected(_ what: StaticString) -> Failure {
        let kind: StaticString
        switch cursor < bytes.count ? bytes[cursor] : 0 {
        case UInt8(ascii: "{"): kind = "an object"
        case UInt8(ascii: "["): kind = "an array"
        case UInt8(ascii: "\""): kind = "a string"
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): kind = "a number"
        default:
            switch found() {
            case "true", "false": kind = "a boolean"
            case "null": kind = "null"
            default: return syntax("expected \(what), found \(found())", at: cursor)
            }
        }
        return Failure("expected \(what), found \(kind)", pointer: pointer(at: cursor), code: .wrongType)
    }

    /// Makes the failure for a text that is not JSON, with line and column. Both start at 1, and a column is one
    /// character.
    func syntax(_ what: String, at offset: Int) -> Failure {
        var line = 1
        var column = 1
        for byte in bytes[..<min(offset, bytes.count)] {
            if byte == 0x0A {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        return Failure(
            "invalid JSON at line \(line), column \(column): \(what)", pointer: pointer(at: offset), code: .invalidJSON)
    }

    /// Describes what is at the cursor, for an error: a bare word, a character, or the end.
    func found() -> String {
        guard cursor < bytes.count else { return "the end of the text" }
        if cursor == 0, bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return "a byte order mark" }
        var word = ""
        for byte in bytes[cursor...].prefix(32) {
            guard Self.isWordByte(byte) else { break }
            word.unicodeScalars.append(Unicode.Scalar(byte))
        }
        if !word.isEmpty { return word }
        let byte = bytes[cursor]
        guard byte > 0x20, byte < 0x7F else { return "byte 0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16) }
        return String(Unicode.Scalar(byte))
    }

    private static func isWordByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }

    /// Shortens a text for an error: it is put on one line and cut to a readable length.
    static func shown(_ text: JSONText) -> String { JSONPointer.oneLine(String(text)) }
}
