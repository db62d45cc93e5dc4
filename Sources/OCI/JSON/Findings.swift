import Base

/// What a reader finds that goes on after an error, so that a person sees all errors at once.
///
/// After an error in a value the reader passes over the value. A stand-in takes its place if something must be there. After an
/// error in the text itself nobody can say what comes next, and reading ends.
public struct JSONFindings: Sendable {
    /// Reading ends after this many errors and warnings: nobody reads more, and each costs a walk over the text.
    public static var most: Int { 200 }

    /// What is wrong, in the order of the text. A reader that stops would throw the first.
    public private(set) var failures: [Failure] = []
    /// Keys that the standard does not have, which a reader that stops passes over; and absent numbers taken for 0.
    public private(set) var warnings: [Failure] = []
    /// JSON pointers of the values that were replaced by a stand-in, or count as absent.
    public private(set) var unread: [String] = []
    /// Whether ``most`` was reached.
    private(set) var isFull = false

    /// Nothing was found.
    public init() {}

    fileprivate mutating func add(_ failure: Failure, isWarning: Bool = false) throws(Failure) {
        guard failures.count + warnings.count < Self.most else {
            isFull = true
            throw Failure("more than \(Self.most) problems: the rest was not looked at", code: .refused)
        }
        if isWarning { warnings.append(failure) } else { failures.append(failure) }
    }

    fileprivate mutating func addUnread(_ pointer: String) { unread.append(pointer) }

    /// Adds the error that reading ended with.
    mutating func end(with failure: Failure) { failures.append(failure) }
}

// How a reader goes on.
extension JSONReader {
    /// Notes a failure and goes on.
    ///
    /// - Throws: The failure, if the reader does not go on or has found enough.
    mutating func note(_ failure: Failure) throws(Failure) {
        guard goesOn else { throw failure }
        try findings.add(failure)
    }

    /// Reads one value. If that fails, a reader that goes on passes over it.
    ///
    /// - Returns: nil if the reader passed over it.
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

    /// Notes a failure to read the value at `place`, and passes over that value.
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

    /// Checks that the object just read (``checked``) has the property.
    @inline(never)
    mutating func checkPresence(of name: StaticString, _ absence: Absence) throws(Failure) {
        for index in checked.firstKey..<keys.count where !keys[index].isNull && name ~= keys[index].text { return }
        if absence == .refusedLast { postponed = name } else { try noteAbsence(of: name, absence) }
    }

    /// Notes that the object lacks the property.
    mutating func noteAbsence(of name: StaticString, _ absence: Absence) throws(Failure) {
        var failure = missing(name, from: checkedNoun, at: checked.start)
        if absence == .takenForZero {
            guard goesOn else { return }
            failure.action += ", which is taken for 0"
            return try findings.add(failure, isWarning: true)
        }
        try note(failure)
        findings.addUnread("\(failure.pointer ?? "")/\(name)")
    }

    /// Warns of the key whose value comes, which its object does not have.
    ///
    /// - Parameter names: The keys that the object has.
    mutating func noteUnknownKey(among names: [StaticString]) throws(Failure) {
        guard let key = keys.last else { return }
        let nearest = Spelling.nearest(to: String(key.text), among: names)
        let failure = Failure(
            "unknown key \"\(Self.shown(key.text))\"", pointer: pointer(at: cursor),
            hint: nearest.map { "did you mean \"\($0)\"?" }, code: .unknownKey)
        try findings.add(failure, isWarning: true)
    }
}
