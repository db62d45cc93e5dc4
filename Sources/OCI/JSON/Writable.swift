/// A value that can be written as JSON.
public protocol JSONWritable {
    /// Writes it where the writer stands.
    func write(to json: inout JSONWriter)
}

extension JSONWritable {
    /// The value as a whole JSON text, without a line end after it.
    public func json(_ layout: JSONWriter.Layout) -> String {
        var json = JSONWriter(layout)
        write(to: &json)
        return json.text
    }
}

extension String: JSONWritable {
    /// Writes a JSON string.
    public func write(to json: inout JSONWriter) { json.string(self) }
}

extension Bool: JSONWritable {
    /// Writes `true` or `false`.
    public func write(to json: inout JSONWriter) { json.literal(self ? "true" : "false") }
}

extension FixedWidthInteger {
    /// Writes a JSON number.
    public func write(to json: inout JSONWriter) { json.literal(String(self)) }
}

extension Int: JSONWritable {}
extension Int32: JSONWritable {}
extension Int64: JSONWritable {}
extension UInt16: JSONWritable {}
extension UInt32: JSONWritable {}
extension UInt64: JSONWritable {}

extension Array: JSONWritable where Element: JSONWritable {
    /// Writes a JSON array.
    public func write(to json: inout JSONWriter) { json.array(self) }
}

extension Entries: JSONWritable where Value: JSONWritable {
    /// Writes a JSON object with the entries in their order.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            for entry in self { json.member(entry.key, entry.value) }
        }
    }
}

extension SpecWord {
    /// Writes the word as a JSON string.
    public func write(to json: inout JSONWriter) { json.string(word) }
}
