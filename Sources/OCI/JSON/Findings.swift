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
