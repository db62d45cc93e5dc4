import Base

/// Reads a JSON text (RFC 8259) from front to back and hands out its values as they come; nothing is kept.
///
/// It is strict: what the RFC does not allow is refused, and so is what it allows and readers disagree about: a key
/// that stands twice in one object, a lone surrogate, a byte order mark, more than ``deepest`` levels. Every error
/// names the place: a JSON pointer (RFC 6901), and line and column where the text itself is broken. The place is worked
/// out when an error happens, by going over the text once more; reading without an error pays nothing for it.
///
/// Objects and arrays are read with closures, which read exactly one value each time they are called:
///
///     try json.object { json, key throws(Failure) in
///         switch key {
///         case "path": path = try json.string()
///         default: try json.skip()
///         }
///     }
public struct JSONReader: ~Copyable {
    /// How many levels of objects and arrays a text may have.
    public static var deepest: Int { 128 }

    /// The whole text.
    let bytes: UnsafeRawBufferPointer
    /// Where the next byte to read is.
    var cursor = 0
    /// How many objects and arrays are open.
    var depth = 0
    /// The keys of all open objects so far, the outermost object's first.
    var keys: [Key] = []
    /// Memory of keys and words whose escapes had to be undone; there is hardly ever any.
    var copies: [UnsafeMutableRawBufferPointer] = []

    /// Whether it goes on after an error where it can (``JSONFindings``).
    let goesOn: Bool
    /// What was found so far, where it goes on.
    var findings = JSONFindings()
    /// The words that the key read last was compared with; only where it goes on.
    let compared: UnsafeMutablePointer<ComparedWords>?

    /// A reader of `bytes`, which must stay where they are for as long as it lives. It throws the first error.
    public init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
        goesOn = false
        compared = nil
    }

    /// A reader of `bytes` that goes on after an error where it can.
    ///
    /// - Parameter isMuted: Whether nothing is noted.
    init(goingOnIn bytes: UnsafeRawBufferPointer, isMuted: Bool = false) {
        self.bytes = bytes
        goesOn = true
        findings.isMuted = isMuted
        let compared = UnsafeMutablePointer<ComparedWords>.allocate(capacity: 1)
        compared.initialize(to: ComparedWords())
        self.compared = compared
    }

    deinit {
        for copy in copies { copy.deallocate() }
        compared?.deinitialize(count: 1)
        compared?.deallocate()
    }

    /// Reads an object, calling `member` for each property; one whose value is `null` counts as absent, as in Go.
    ///
    /// - Returns: The offset of the object, for ``required(_:_:of:at:)``.
    @discardableResult
    public mutating func object(
        _ member: (inout JSONReader, JSONText) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        _ = peek()
        let start = cursor
        return try members { json, key throws(Failure) in
            if json.peek() == UInt8(ascii: "n") { return try json.literal("null") }
            guard json.goesOn else { return try member(&json, key) }
            try json.attempt(member, key, of: start)
        }
    }

    /// Reads an object whose keys are names, not properties; each value is read by `value`.
    public mutating func entries<Value>(
        _ value: (inout JSONReader) throws(Failure) -> Value
    ) throws(Failure) -> Entries<Value> {
        var entries = Entries<Value>()
        try members { json, key throws(Failure) in
            let name = String(key)
            if let value = try json.attempt(value) { entries.append(name, value) }
        }
        return entries
    }

    /// Reads an object whose keys are names and whose values are objects of one kind.
    public mutating func entries<Value: JSONReadable>(
        of: Value.Type
    ) throws(Failure) -> Entries<Value> {
        try entries { json throws(Failure) in try Value(&json) }
    }

    /// Reads an object whose keys are names and whose values are strings.
    public mutating func stringEntries() throws(Failure) -> Entries<String> {
        try entries { json throws(Failure) in try json.string() }
    }

    /// Reads annotations; since no system call is ever given one, their values may hold NUL characters.
    public mutating func annotations() throws(Failure) -> Annotations {
        try entries { json throws(Failure) in try json.string(allowingNUL: true) }
    }

    /// Reads an array, each element by `element`.
    ///
    /// - Parameter standIn: What stands in the place of an element that cannot be read, where the reader goes on, so
    ///   that those after it keep their numbers.
    public mutating func array<Element>(
        standIn: @autoclosure () -> Element? = nil, _ element: (inout JSONReader) throws(Failure) -> Element
    ) throws(Failure) -> [Element] {
        var list: [Element] = []
        try elements { json throws(Failure) in
            if let value = try json.attempt(element) ?? standIn() { list.append(value) }
        }
        return list
    }

    /// Reads an array of objects of one kind.
    public mutating func array<Element: JSONReadable>(of: Element.Type) throws(Failure) -> [Element] {
        try array(standIn: Element.empty) { json throws(Failure) in try Element(&json) }
    }

    /// Reads an array of strings.
    public mutating func strings() throws(Failure) -> [String] {
        try array(standIn: "") { json throws(Failure) in try json.string() }
    }

    /// Reads an array of words of the spec.
    public mutating func words<Word: SpecWord>() throws(Failure) -> [Word] {
        try array(standIn: Word.standIn) { json throws(Failure) in try json.word() }
    }

    /// Reads an array of integers.
    public mutating func integers<Integer: FixedWidthInteger>() throws(Failure) -> [Integer] {
        try array(standIn: 0) { json throws(Failure) in try json.integer() }
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

    /// Reads a value of any kind and forgets it; it must be correct JSON all the same.
    public mutating func skip() throws(Failure) {
        if goesOn { try noteUnknownKey() }
        try pass()
    }

    /// Reads a value of any kind and forgets it.
    mutating func pass() throws(Failure) {
        switch peek() {
        case UInt8(ascii: "{"): try members { json, _ throws(Failure) in try json.pass() }
        case UInt8(ascii: "["): try elements { json throws(Failure) in try json.pass() }
        case UInt8(ascii: "\""): _ = try span()
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): _ = try number()
        case UInt8(ascii: "t"): try literal("true")
        case UInt8(ascii: "f"): try literal("false")
        case UInt8(ascii: "n"): try literal("null")
        default: throw expected("a value")
        }
    }

    /// Checks that nothing but white space follows.
    public mutating func end() throws(Failure) {
        _ = peek()
        guard cursor == bytes.count else { throw syntax("expected the end of the text, found \(found())", at: cursor) }
    }
}

// What the above is made of.
extension JSONReader {
    /// The next byte that is not white space, which the cursor then stands at; 0 at the end of the text, a byte that
    /// no JSON token begins with.
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

    /// Reads an object, calling `member` with the cursor at each value.
    @discardableResult
    private mutating func members(
        _ member: (inout JSONReader, JSONText) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let start = try open(UInt8(ascii: "{"), "an object")
        let first = keys.count
        var more = peek() != UInt8(ascii: "}")
        while more {
            let key = try self.key()
            keys.append(key)
            guard peek() == UInt8(ascii: ":") else {
                throw syntax("expected : after the key, found \(found())", at: cursor)
            }
            cursor += 1
            _ = peek()
            try member(&self, key.text)
            more = try isFollowed(before: UInt8(ascii: "}"))
        }
        cursor += 1
        do throws(Failure) { try refuseDuplicates(from: first) } catch { try note(error) }
        keys.removeLast(keys.count - first)
        depth -= 1
        return start
    }

    /// Reads an array, calling `element` with the cursor at each element.
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

    /// Passes the bracket that opens an object or array, and gives its offset.
    private mutating func open(_ bracket: UInt8, _ what: StaticString) throws(Failure) -> Int {
        guard peek() == bracket else { throw expected(what) }
        guard depth < Self.deepest else { throw syntax("more than \(Self.deepest) levels", at: cursor) }
        depth += 1
        cursor += 1
        return cursor - 1
    }

    /// Whether another value follows the one just read; the cursor stands before that or at the closing bracket.
    private mutating func isFollowed(before bracket: UInt8) throws(Failure) -> Bool {
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
    private mutating func literal(_ word: StaticString) throws(Failure) {
        let count = word.utf8CodeUnitCount
        guard cursor + count <= bytes.count else { throw expected("a value") }
        for index in 0..<count where bytes[cursor + index] != word.utf8Start[index] { throw expected("a value") }
        cursor += count
    }
}
