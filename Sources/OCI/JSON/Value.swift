import Base

/// A value that can be read from JSON.
public protocol JSONReadable {
    /// Reads one value at the reader's cursor.
    ///
    /// - Throws: ``Failure`` with the JSON pointer of what is wrong.
    init(_ json: inout JSONReader) throws(Failure)
}

/// A value that can be written as JSON.
public protocol JSONWritable {
    /// Appends the value to the writer's text.
    func write(to json: inout JSONWriter)
}

/// A value for a property of a ``JSONObject``.
public protocol JSONValue: JSONReadable, JSONWritable {
    /// The value that replaces one that could not be read, if the reader goes on. Problems with it are not reported.
    static var standIn: Self { get }
}

extension JSONReadable {
    /// Reads a whole text, which must hold only this value.
    ///
    /// - Parameter bytes: The text, in UTF-8.
    /// - Throws: ``Failure`` with the JSON pointer, and line and column if the syntax is wrong.
    public init(json bytes: UnsafeRawBufferPointer) throws(Failure) {
        var json = JSONReader(bytes)
        try self.init(&json)
        try json.end()
    }

    /// Reads a whole text, which must hold only this value.
    public init(json bytes: [UInt8]) throws(Failure) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            try Self(json: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads a whole text, which must hold only this value.
    public init(json text: String) throws(Failure) { try self.init(json: Array(text.utf8)) }

    /// Reads a whole text, and goes on after an error if it can.
    ///
    /// - Parameters:
    ///   - bytes: The text, in UTF-8.
    ///   - findings: What was found is added here.
    /// - Returns: What could be read; nil if the JSON syntax is wrong.
    public static func read(json bytes: [UInt8], _ findings: inout JSONFindings) -> Self? {
        bytes.withUnsafeBufferPointer { buffer in
            var json = JSONReader(UnsafeRawBufferPointer(buffer), goesOn: true)
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
}

extension JSONWritable {
    /// Makes a whole JSON text of the value, without a line end after it.
    public func json(_ layout: JSONWriter.Layout) -> String {
        var json = JSONWriter(layout)
        write(to: &json)
        return json.text
    }
}

extension String: JSONValue {
    /// Reads a JSON string without NUL characters.
    public init(_ json: inout JSONReader) throws(Failure) { self = try json.string() }

    /// Writes a JSON string.
    public func write(to json: inout JSONWriter) { json.string(self) }

    /// The empty string.
    public static var standIn: String { "" }
}

extension Bool: JSONValue {
    /// Reads `true` or `false`.
    public init(_ json: inout JSONReader) throws(Failure) { self = try json.boolean() }

    /// Writes `true` or `false`.
    public func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }

    /// `false`
    public static var standIn: Bool { false }
}

extension FixedWidthInteger {
    /// Reads a JSON number.
    public init(_ json: inout JSONReader) throws(Failure) { self = try json.integer() }

    /// Writes a JSON number.
    public func write(to json: inout JSONWriter) { json.literal(String(self)) }

    /// 0
    public static var standIn: Self { 0 }
}

extension Int: JSONValue {}
extension Int32: JSONValue {}
extension Int64: JSONValue {}
extension UInt16: JSONValue {}
extension UInt32: JSONValue {}
extension UInt64: JSONValue {}

extension Array: JSONReadable where Element: JSONValue {
    /// Reads a JSON array. If the reader goes on after an error, a stand-in replaces each element that cannot be read,
    /// so that the later elements keep their index.
    public init(_ json: inout JSONReader) throws(Failure) {
        self = try json.array(standIn: Element.standIn) { json throws(Failure) in try Element(&json) }
    }
}

extension Array: JSONWritable where Element: JSONWritable {
    /// Writes a JSON array.
    public func write(to json: inout JSONWriter) { json.array(self) }
}

extension Array: JSONValue where Element: JSONValue {
    /// The empty array.
    public static var standIn: [Element] { [] }
}

/// A word of the standard from a fixed list, such as a namespace's type.
///
/// Its raw value is the word as config.json has it; case matters.
public protocol SpecWord: RawRepresentable, CaseIterable, JSONValue, Equatable, Sendable where RawValue == String {
    /// What an error calls the word: `namespace type`.
    static var noun: StaticString { get }
}

extension SpecWord {
    /// The word as config.json has it. Use this in texts: interpolating the enum itself is slow.
    public var word: String { rawValue }

    /// Reads the word.
    public init(_ json: inout JSONReader) throws(Failure) { self = try json.word() }

    /// Writes the word as a JSON string.
    public func write(to json: inout JSONWriter) { json.string(word) }

    /// The first word.
    public static var standIn: Self { allCases[allCases.startIndex] }
}
