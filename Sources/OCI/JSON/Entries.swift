import Base

/// A JSON object whose keys are names and not properties, such as `annotations`: its entries in the order written.
///
/// The order is kept because it is the order in which a runtime writes kernel parameters and cgroup files.
public struct Entries<Value> {
    /// A name and its value.
    public struct Entry {
        /// The name.
        public var key: String
        /// What it stands for.
        public var value: Value
    }

    // Two arrays, and no generic requirement above: an array of `Entry` and a check of requirements would each make the
    // Swift runtime build metadata when the first one is read, 0.1 M instructions.
    private var keys: [String] = []
    private var values: [Value] = []

    /// No entries.
    public init() {}

    /// Adds an entry at the end; `key` must not be there yet.
    public mutating func append(_ key: String, _ value: Value) {
        keys.append(key)
        values.append(value)
    }

    /// The value of `key`; looked for from the front, since such objects are small. Setting an absent key appends it,
    /// setting nil removes it.
    public subscript(key: String) -> Value? {
        get { keys.firstIndex(of: key).map { values[$0] } }
        set {
            switch (keys.firstIndex(of: key), newValue) {
            case (let index?, let value?): values[index] = value
            case (let index?, nil):
                keys.remove(at: index)
                values.remove(at: index)
            case (nil, let value?): append(key, value)
            case (nil, nil): break
            }
        }
    }
}

extension Entries: Equatable where Value: Equatable {}
extension Entries: Sendable where Value: Sendable {}
extension Entries.Entry: Equatable where Value: Equatable {}
extension Entries.Entry: Sendable where Value: Sendable {}

extension Entries: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { 0 }
    /// The number of entries.
    public var endIndex: Int { keys.count }
    /// The entry at a place in the order written.
    public subscript(position: Int) -> Entry { Entry(key: keys[position], value: values[position]) }
}

extension Entries: ExpressibleByDictionaryLiteral {
    /// The entries as written, no two of which may have one key.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { append(key, value) }
    }
}

extension Entries: JSONReadable where Value: JSONValue {
    /// Reads a JSON object, each of whose keys is a name.
    public init(_ json: inout JSONReader) throws(Failure) {
        self = try json.entries { json throws(Failure) in try Value(&json) }
    }
}

extension Entries: JSONWritable where Value: JSONWritable {
    /// Writes a JSON object with the entries in their order.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            for entry in self { json.member(entry.key, entry.value) }
        }
    }
}

extension Entries: JSONValue where Value: JSONValue {
    /// No entries.
    public static var standIn: Entries { Entries() }
}

/// Free words for callers and hooks (runtime-spec 1.3, config.md, "Annotations").
public typealias Annotations = Entries<String>
