import Base

/// A string in the text that is not copied: a key, or a word that is only compared.
///
/// It is compared in place, so that reading a key makes no `String`. It is valid only as long as the reader that
/// returned it; do not keep it.
public struct JSONText {
    /// The string's UTF-8, escapes undone.
    let bytes: UnsafeRawBufferPointer

    /// Whether the two are equal, byte for byte; case matters. `case "path":` in a `switch` calls this.
    public static func ~= (word: StaticString, text: JSONText) -> Bool {
        guard text.bytes.count == word.utf8CodeUnitCount else { return false }
        for index in 0..<text.bytes.count where text.bytes[index] != word.utf8Start[index] { return false }
        return true
    }

    /// Whether the two are equal, byte for byte.
    func equals(_ other: JSONText) -> Bool {
        bytes.count == other.bytes.count && bytes.elementsEqual(other.bytes)
    }

    /// Orders texts in such a way that equal texts are neighbours.
    func precedes(_ other: JSONText) -> Bool {
        guard bytes.count == other.bytes.count else { return bytes.count < other.bytes.count }
        return bytes.lexicographicallyPrecedes(other.bytes)
    }
}

extension String {
    /// Copies the text.
    public init(_ text: JSONText) { self.init(decoding: text.bytes, as: UTF8.self) }
}

/// A key of an open object.
struct Key {
    var text: JSONText
    /// The offset of its opening quote.
    var offset: Int
    /// Whether its value is `null`.
    var isNull = false
}

/// A position in the text to which the reader can return.
struct Place {
    var cursor = 0
    var depth = 0
    /// The number of keys that were open.
    var keys = 0
}

/// An object that is being read.
struct OpenObject {
    /// The offset of its opening brace.
    var start = 0
    /// The index of its first key in the list of the keys of all open objects.
    var firstKey = 0
    /// Where the value begins that is being read.
    var value = Place()
}

// An object is read in steps: open it, read key by key, close it. Its keys are kept until it is forgotten.
extension JSONReader {
    /// The reader's current position.
    var place: Place { Place(cursor: cursor, depth: depth, keys: keys.count) }

    /// Reads a ``JSONObject``.
    ///
    /// - Parameters:
    ///   - noun: What an error calls the object.
    ///   - names: The names of its properties.
    ///   - visit: Calls this reader for each of its properties.
    @inline(never)
    mutating func object(
        _ noun: StaticString, _ names: () -> [StaticString], _ visit: (inout JSONReader) throws(Failure) -> Void
    ) throws(Failure) {
        var object = try open()
        while try nextProperty(of: &object) {
            do throws(Failure) {
                try visit(&self)
                if soughtCount >= 0 {  // no property has this name
                    if goesOn { try noteUnknownKey(among: names()) }
                    soughtCount = Self.nothing
                    try skip()
                }
            } catch { try goOn(after: error, from: object.value) }
        }
        try close(object)
        soughtCount = Self.absent
        (checked, checkedNoun, postponed) = (object, noun, nil)
        try visit(&self)
        if let postponed { try noteAbsence(of: postponed, .refused) }
        soughtCount = Self.nothing
        forget(object)
    }

    /// Moves past the brace that opens an object.
    mutating func open() throws(Failure) -> OpenObject {
        OpenObject(start: try open(UInt8(ascii: "{"), "an object"), firstKey: keys.count)
    }

    /// Reads the next key and moves to its value. The answer is false at the end of the object.
    mutating func nextKey(of object: OpenObject) throws(Failure) -> Bool {
        if keys.count == object.firstKey {
            guard peek() != UInt8(ascii: "}") else { return false }
        } else {
            guard try isFollowed(before: UInt8(ascii: "}")) else { return false }
        }
        let key = try key()
        keys.append(key)
        guard peek() == UInt8(ascii: ":") else {
            throw syntax("expected : after the key, found \(found())", at: cursor)
        }
        cursor += 1
        _ = peek()
        return true
    }

    /// Reads the next key whose value is not `null`, and starts looking for its property. The answer is false at the
    /// end of the object.
    mutating func nextProperty(of object: inout OpenObject) throws(Failure) -> Bool {
        while try nextKey(of: object) {
            let last = keys.count - 1
            guard bytes.count > cursor, bytes[cursor] == UInt8(ascii: "n") else {
                object.value = place
                sought = keys[last].text.bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
                soughtCount = keys[last].text.bytes.count
                return true
            }
            try literal("null")
            keys[last].isNull = true
        }
        return false
    }

    /// Moves past the brace that closes an object, which is at the cursor, and refuses a key that occurs twice.
    mutating func close(_ object: OpenObject) throws(Failure) {
        cursor += 1
        do throws(Failure) { try refuseDuplicates(from: object.firstKey) } catch { try note(error) }
    }

    /// Forgets the keys of a closed object.
    mutating func forget(_ object: OpenObject) {
        keys.removeLast(keys.count - object.firstKey)
        depth -= 1
    }

    /// Whether the key that was read last is `name`. If so, the reader stops looking for its property.
    @inline(__always)
    mutating func wants(_ name: StaticString) -> Bool {
        guard soughtCount == name.utf8CodeUnitCount, isSought(name) else { return false }
        soughtCount = Self.nothing
        return true
    }

    /// Whether the reader is looking for absent properties instead of the property of a key.
    var isChecking: Bool { soughtCount == Self.absent }

    @inline(never)
    private func isSought(_ name: StaticString) -> Bool {
        guard let sought else { return false }
        for index in 0..<soughtCount where sought[index] != name.utf8Start[index] { return false }
        return true
    }

    /// Refuses a key that occurs twice among the keys from `first` on, which belong to one object.
    mutating func refuseDuplicates(from first: Int) throws(Failure) {
        let count = keys.count - first
        guard count > 1 else { return }
        // A few keys are compared pair by pair. Many keys, which only a hostile text has, are sorted first, since the
        // number of pairs grows with the square.
        if count > 32 { keys[first...].sort { $0.text.precedes($1.text) } }
        for later in (first + 1)..<keys.count {
            for earlier in (count > 32 ? later - 1 : first)..<later
            where keys[earlier].text.equals(keys[later].text) {
                let isInOrder = keys[earlier].offset < keys[later].offset
                let key = isInOrder ? keys[later] : keys[earlier]
                let what = "the key \"\(Self.shown(key.text))\" stands twice in one object"
                var failure = syntax(what, at: key.offset)
                failure.pointer = (failure.pointer ?? "") + "/" + JSONPointer.token(String(key.text))
                failure.code = .duplicateKey
                throw failure
            }
        }
    }
}
