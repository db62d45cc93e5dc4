/// A JSON object whose keys are names and not properties, such as `annotations`: its entries in the order written.
///
/// The order is kept because it is the order in which a runtime writes kernel parameters and cgroup files.
public struct Entries<Value: Equatable & Sendable>: Equatable, Sendable {
    /// A name and its value.
    public struct Entry: Equatable, Sendable {
        /// The name.
        public var key: String
        /// What it stands for.
        public var value: Value

        /// The name `key` for `value`.
        public init(key: String, value: Value) {
            self.key = key
            self.value = value
        }
    }

    private var list: [Entry]

    /// The given entries, no two of which may have one key.
    public init(_ list: [Entry] = []) { self.list = list }

    /// The value of `key`; looked for from the front, since such objects are small. Setting an absent key appends it,
    /// setting nil removes it.
    public subscript(key: String) -> Value? {
        get { list.first { $0.key == key }?.value }
        set {
            let index = list.firstIndex { $0.key == key }
            switch (index, newValue) {
            case (let index?, let value?): list[index].value = value
            case (let index?, nil): list.remove(at: index)
            case (nil, let value?): list.append(Entry(key: key, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension Entries: RandomAccessCollection {
    /// Always 0.
    public var startIndex: Int { list.startIndex }
    /// The number of entries.
    public var endIndex: Int { list.endIndex }
    /// The entry at a place in the order written.
    public subscript(position: Int) -> Entry { list[position] }
}

extension Entries: ExpressibleByDictionaryLiteral {
    /// The entries as written.
    public init(dictionaryLiteral elements: (String, Value)...) {
        self.init(elements.map { Entry(key: $0.0, value: $0.1) })
    }
}

/// Free words for callers and hooks (runtime-spec 1.3, config.md, "Annotations").
public typealias Annotations = Entries<String>
