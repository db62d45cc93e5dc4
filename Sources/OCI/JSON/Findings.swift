import Base

/// What a reader has found that goes on after an error, so that a person sees all of them at once.
///
/// It goes on after an error in a value: the value is passed over, and a stand-in takes its place where something must
/// be there. After an error in the text itself nobody can say what comes next, and reading ends.
public struct JSONFindings: Sendable {
    /// Reading ends after this many errors and warnings: nobody reads more, and each costs a walk over the text.
    public static var most: Int { 200 }

    /// What is wrong, in the order of the text, as a reader that stops would throw the first.
    public private(set) var failures: [Failure] = []
    /// Keys that the spec does not have; a reader that stops passes over them.
    public private(set) var warnings: [Failure] = []
    /// Where a stand-in takes the place of a value, or the value counts as absent, each as a JSON pointer.
    public private(set) var unread: [String] = []
    /// Whether ``most`` was reached.
    private(set) var isFull = false
    /// Whether nothing is noted.
    var isMuted = false
    /// The properties that were there and could not be read: the offset of their object, and their name.
    private var broken: [(object: Int, name: String)] = []

    /// Nothing was found.
    public init() {}

    /// Whether the property was there and could not be read, so that it is not missing.
    func isBroken(_ name: String, of object: Int) -> Bool {
        broken.contains { $0.object == object && $0.name == name }
    }

    fileprivate mutating func add(_ failure: Failure, isWarning: Bool = false) throws(Failure) {
        guard !isMuted else { return }
        guard failures.count + warnings.count < Self.most else {
            isFull = true
            throw Failure("more than \(Self.most) problems: the rest was not looked at", code: .refused)
        }
        if isWarning { warnings.append(failure) } else { failures.append(failure) }
    }

    fileprivate mutating func addBroken(_ name: String, of object: Int) { broken.append((object, name)) }

    fileprivate mutating func addUnread(_ pointer: String) {
        if !isMuted { unread.append(pointer) }
    }

    /// Adds the error that reading ended with.
    mutating func end(with failure: Failure) { if !isMuted { failures.append(failure) } }
}

/// What a key was compared with, on its way through a `switch`: so the one place that reads a property is also the one
/// that makes it known.
struct ComparedWords {
    /// The words so far.
    var words: [StaticString] = []
    /// Whether one of them was the key.
    var isKnown = false
    /// Where the key's value begins.
    var value = 0
}

/// A value that can stand where one could not be read, while a reader goes on.
///
/// Nothing is made of it: rules about it are not judged.
public protocol JSONStandIn {
    /// The value.
    static var standIn: Self { get }
}

extension String: JSONStandIn {
    /// The empty string.
    public static var standIn: String { "" }
}

extension Bool: JSONStandIn {
    /// `false`
    public static var standIn: Bool { false }
}

extension FixedWidthInteger {
    /// 0
    public static var standIn: Self { 0 }
}

extension UInt16: JSONStandIn {}
extension UInt32: JSONStandIn {}
extension Int32: JSONStandIn {}
extension UInt64: JSONStandIn {}
extension Int64: JSONStandIn {}

extension Array: JSONStandIn {
    /// The empty array.
    public static var standIn: [Element] { [] }
}

extension Optional: JSONStandIn {
    /// nil
    public static var standIn: Wrapped? { nil }
}

extension SpecWord {
    /// The first word.
    public static var standIn: Self { allCases[allCases.startIndex] }
}

extension JSONReadable {
    /// Reads a whole text and goes on after an error where it can.
    ///
    /// - Parameters:
    ///   - bytes: The text, in UTF-8.
    ///   - findings: What was found, after what is there already.
    /// - Returns: What could be read; nil where the text itself is broken.
    public static func read(json bytes: [UInt8], _ findings: inout JSONFindings) -> Self? {
        bytes.withUnsafeBufferPointer { buffer in
            var json = JSONReader(goingOnIn: UnsafeRawBufferPointer(buffer))
            defer { findings = json.findings }
            do throws(Failure) {
                let value = try Self(&json)
                try json.end()
                return value
            } catch {
                json.findings.end(with: error)
                return nil
            }
        }
    }

    /// What is read from an object without properties; nil where even that cannot be.
    static var empty: Self? {
        let text: StaticString = "{}"
        let bytes = UnsafeRawBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var json = JSONReader(goingOnIn: bytes, isMuted: true)
        do throws(Failure) { return try Self(&json) } catch { return nil }
    }
}

// How a reader goes on.
extension JSONReader {
    /// Notes a failure and goes on.
    ///
    /// - Throws: The failure, where the reader does not go on, or has found enough.
    mutating func note(_ failure: Failure) throws(Failure) {
        guard goesOn else { throw failure }
        try findings.add(failure)
    }

    /// Notes that a required property is absent, where it was not there and unreadable.
    mutating func noteMissing(_ name: String, _ failure: Failure, of object: Int) throws(Failure) {
        guard !findings.isBroken(name, of: object) else { return }
        try note(failure)
        findings.addUnread((failure.pointer ?? "") + "/" + name)
    }

    /// Notes that a property is absent which the spec requires and other runtimes take for 0.
    mutating func noteDefault(_ name: String, _ failure: Failure, of object: Int) throws(Failure) {
        guard goesOn, !findings.isBroken(name, of: object) else { return }
        try findings.add(failure, isWarning: true)
    }

    /// Reads one value; where that fails and the reader goes on, passes over it.
    ///
    /// - Returns: nil where it was passed over.
    mutating func attempt<Value>(
        _ read: (inout JSONReader) throws(Failure) -> Value
    ) throws(Failure) -> Value? {
        guard goesOn else { return try read(&self) }
        let (start, level, open) = (cursor, depth, keys.count)
        do throws(Failure) { return try read(&self) } catch {
            guard error.code != .invalidJSON, !findings.isFull else { throw error }
            try findings.add(error)
            findings.addUnread(pointer(at: start) ?? "")
            cursor = start
            depth = level
            keys.removeLast(keys.count - open)
            try pass()
            return nil
        }
    }

    /// Reads a property's value by `member`; where that fails, passes over it.
    mutating func attempt(
        _ member: (inout JSONReader, JSONText) throws(Failure) -> Void, _ key: JSONText, of object: Int
    ) throws(Failure) {
        compared?.pointee = ComparedWords(value: cursor)
        let noted = JSONText(bytes: key.bytes, compared: compared)
        let done: Void? = try attempt { json throws(Failure) in try member(&json, noted) }
        if done == nil { findings.addBroken(String(key), of: object) }
    }

    /// Notes that the key whose value comes is none that its object has. Whether it is, ``compared`` tells: `skip` is
    /// what a `switch` does with the keys that it does not have.
    mutating func noteUnknownKey() throws(Failure) {
        guard let compared, compared.pointee.value == cursor, !compared.pointee.isKnown, let key = keys.last else {
            return
        }
        let name = String(key.text)
        let nearest = Spelling.nearest(to: name, among: compared.pointee.words)
        let failure = Failure(
            "unknown key \"\(Self.shown(key.text))\"", pointer: pointer(at: cursor),
            hint: nearest.map { "did you mean \"\($0)\"?" }, code: .unknownKey)
        try findings.add(failure, isWarning: true)
    }
}
