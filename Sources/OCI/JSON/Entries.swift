import Base

/// A JSON object whose keys are arbitrary names, not fixed properties, such as `annotations`. It keeps its entries in
/// the order written.
///
/// The order matters because a runtime writes kernel parameters and cgroup files in it.
public struct Entries<Value> {
    /// A name and its value.
    public struct Entry {
        /// The name.
        public var key: String
        /// The value that belongs to the name.
        public var value: Value
    }

    // These are two arrays, and the type has no generic requirement. With an array of `Entry`, or a check of
    // requirements, the Swift runtime would build metadata when the first one is read: 0.1 M instructions each.
    private var keys: [String] = []
    private var values: [Value] = []

    /// No entries.
    public init() {}

    /// Adds an entry at the end. `key` must not be present yet.
    public mutating func append(_ key: String, _ value: Value) {
        keys.append(key)
        values.append(value)
    }

    /// The value of `key`. The search is linear, since such objects are small. Setting an absent key appends it;
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
    /// The entry at a position in the order written.
    public subscript(position: Int) -> Entry { Entry(key: keys[position], value: values[position]) }
}

extension Entries: ExpressibleByDictionaryLiteral {
    /// Makes entries as written. No two may have the same key.
    public init(dictionaryLiteral elements: (String, Value)...) {
        for (key, value) in elements { append(key, value) }
    }
}

extension Entries: JSONReadable where Value: JSONValue {
    /// Reads a JSON object in which each key is a name.
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

/// Free-form notes for callers and hooks (runtime-spec 1.3, config.md, "Annotations").
public typealias Annotations = Entries<String>
