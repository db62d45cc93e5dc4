import Base

/// Reads a JSON text (RFC 8259) from start to end and returns its values as they come; it builds no tree.
///
/// It is strict. It refuses what the RFC does not allow, and also what the RFC allows and readers disagree about: a key
/// that occurs twice in one object, a lone surrogate, a byte order mark, more than ``deepest`` levels. Every error
/// names its place: a JSON pointer (RFC 6901), and line and column if the syntax is wrong. The place is computed only
/// after an error, by walking over the text again, so that reading a correct text costs nothing extra.
public struct JSONReader: ~Copyable {
    /// The most levels of objects and arrays that a text may have.
    public static var deepest: Int { 128 }

    /// The whole text.
    let bytes: UnsafeRawBufferPointer
    /// The offset of the next byte to read.
    var cursor = 0
    /// How many objects and arrays are open.
    var depth = 0
    /// The keys of all open objects so far, those of the outermost object first.
    var keys: [Key] = []
    /// Copies of keys and words that have escapes. These are rare.
    var copies: [UnsafeMutableRawBufferPointer] = []

    /// Whether the reader goes on after an error if it can (``JSONFindings``).
    let goesOn: Bool
    /// The findings so far, if the reader goes on.
    var findings = JSONFindings()

    /// The key whose property the reader is looking for.
    var sought: UnsafePointer<UInt8>?
    /// The length of that key in bytes, or ``nothing``, or ``absent``.
    var soughtCount = Self.nothing
    /// The object whose required properties are being checked.
    var checked = OpenObject()
    /// What an error calls that object.
    var checkedNoun: StaticString = ""
    /// The absent property whose error is reported last.
    var postponed: StaticString?

    /// The reader is not looking for a property.
    static var nothing: Int { -1 }
    /// The reader is looking for required properties that are absent.
    static var absent: Int { -2 }

    /// Makes a reader of `bytes`, which must stay valid as long as the reader exists.
    ///
    /// - Parameter goesOn: Whether the reader goes on after an error if it can; otherwise it throws the first error.
    public init(_ bytes: UnsafeRawBufferPointer, goesOn: Bool = false) {
        self.bytes = bytes
        self.goesOn = goesOn
    }

    deinit {
        for copy in copies { copy.deallocate() }
    }

    /// Reads an object with `member`, which must read exactly one value at each call. A property whose value is `null`
    /// counts as absent, as in Go.
    ///
    /// This is for objects that are not a ``JSONObject``. It does not go on after an error.
    ///
    /// - Returns: The offset of the object, for ``missing(_:from:at:)``.
    @discardableResult
    public mutating func object(
        _ member: (inout JSONReader, JSONText) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        var object = try open()
        while try nextProperty(of: &object) {
            soughtCount = Self.nothing
            try member(&self, keys[keys.count - 1].text)
        }
        try close(object)
        forget(object)
        return object.start
    }

    /// Reads an object whose keys are arbitrary names. `value` reads each value.
    public mutating func entries<Value>(
        _ value: (inout JSONReader) throws(Failure) -> Value
    ) throws(Failure) -> Entries<Value> {
        var entries = Entries<Value>()
        let object = try open()
        while try nextKey(of: object) {
            let name = String(keys[keys.count - 1].text)
            if let value = try attempt(value) { entries.append(name, value) }
        }
        try close(object)
        forget(object)
        return entries
    }

    /// Reads annotations. Their values may hold NUL characters, since they never reach a system call.
    public mutating func annotations() throws(Failure) -> Annotations {
        try entries { json throws(Failure) in try json.string(allowingNUL: true) }
    }

    /// Reads an array. `element` reads each element.
    ///
    /// - Parameter standIn: What takes the place of an element that cannot be read, if the reader goes on; nil means
    ///   nothing.
    public mutating func array<Element>(
        standIn: @autoclosure () -> Element? = nil, _ element: (inout JSONReader) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        var list: [Element] = []
        try elements { json throws(Failure) in
            if let value = try json.attempt(element) ?? standIn() { list.append(value) }
        }
        return list
    }

    /// Reads `true` or `false`.
    public mutating func boolean() throws(Failure) -> Bool {
        switch peek() {
        case UInt8(ascii: "t"):
            try literal("true")
            return true
        case UInt8(ascii: "f"):
            try literal("false")
            return false
        default: throw expected("true or false")
        }
    }

    /// Skips a value of any kind, which must be correct JSON.
    public mutating func skip() throws(Failure) {
        switch peek() {
        case UInt8(ascii: "{"):
            let object = try open()
            while try nextKey(of: object) { try skip() }
            try close(object)
            forget(object)
        case UInt8(ascii: "["): try elements { json throws(Failure) in try json.skip() }
        case UInt8(ascii: "\""): _ = try span()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw expected("a value")
        }
    }

    /// Checks that only white space follows.
    public mutating func end() throws(Failure) {
        _ = peek()
        guard cursor == bytes.count else { throw syntax("expected the end of the text, found \(found())", at: cursor) }
    }
}

// The parts that the functions above are made of.
extension JSONReader {
    /// Moves the cursor to the next byte that is not white space, and returns it; 0 at the end of the text, since no
    /// JSON token begins with that byte.
    mutating func peek() -> UInt8 {
        var place = cursor  // on its own, it stays in a register
        while place < bytes.count {
            let byte = bytes[place]
            guard byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D else {
                cursor = place
                return byte
            }
            place += 1
        }
        cursor = place
        return 0
    }

    /// Reads an array: calls `element` with the cursor at each element.
    private mutating func elements(_ element: (inout JSONReader) throws(Failure) -> Void) throws(Failure) {
        _ = try open(UInt8(ascii: "["), "an array")
        var more = peek() != UInt8(ascii: "]")
        while more {
            _ = peek()
            try element(&self)
            more = try isFollowed(before: UInt8(ascii: "]"))
        }
        cursor += 1
        depth -= 1
    }

    /// Moves past the bracket that opens an object or array, and returns its offset.
    mutating func open(_ bracket: UInt8, _ what: StaticString) throws(Failure) -> Int {
        guard peek() == bracket else { throw expected(what) }
        guard depth < Self.deepest else { throw syntax("more than \(Self.deepest) levels", at: cursor) }
        depth += 1
        cursor += 1
        return cursor - 1
    }

    /// Whether another value follows the one just read. The cursor is then before that value, or at the closing
    /// bracket.
    mutating func isFollowed(before bracket: UInt8) throws(Failure) -> Bool {
        switch peek() {
        case UInt8(ascii: ","):
            cursor += 1
            return true
        case bracket: return false
        default:
            let bracket = String(Unicode.Scalar(bracket))
            throw syntax("expected , or \(bracket), found \(found())", at: cursor)
        }
    }

    /// Reads `true`, `false` or `null`.
    mutating func literal(_ word: StaticString) throws(Failure) {
        let count = word.utf8CodeUnitCount
        guard cursor + count <= bytes.count else { throw expected("a value") }
        for index in 0..<count where bytes[cursor + index] != word.utf8Start[index] { throw expected("a value") }
        cursor += count
    }
}
