import Base

/// A value that is read from JSON.
public protocol JSONReadable {
    /// Reads one value where the reader stands.
    ///
    /// - Throws: ``Failure`` with the JSON pointer of what is wrong.
    init(_ json: inout JSONReader) throws(Failure)
}

extension JSONReadable {
    /// Reads a whole text, which must hold nothing else.
    ///
    /// - Parameter bytes: The text, in UTF-8.
    /// - Throws: ``Failure`` with the JSON pointer, and line and column where the text itself is broken.
    public init(json bytes: UnsafeRawBufferPointer) throws(Failure) {
        var json = JSONReader(bytes)
        try self.init(&json)
        try json.end()
    }

    /// Reads a whole text, which must hold nothing else.
    public init(json bytes: [UInt8]) throws(Failure) {
        self = try bytes.withUnsafeBufferPointer { buffer throws(Failure) in
            try Self(json: UnsafeRawBufferPointer(buffer))
        }
    }

    /// Reads a whole text, which must hold nothing else.
    public init(json text: String) throws(Failure) { try self.init(json: Array(text.utf8)) }
}
