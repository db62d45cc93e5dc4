/// A JSON value. The tests use it to write config.json and to read the runtime's answers.
///
/// The suite has its own small reader, so that a bug of the product's reader cannot hide itself.
enum JSON: Equatable, Sendable {
    case null
    case bool(Bool)
    /// The digits as written.
    case number(String)
    case string(String)
    case array([JSON])
    case object([Member])

    /// A key and its value; objects keep their order.
    struct Member: Equatable, Sendable {
        var key: String
        var value: JSON
    }
}

extension JSON {
    /// The member `key`; null if there is none. Setting null removes it; setting a member of null makes an object.
    subscript(key: String) -> JSON {
        get {
            guard case .object(let members) = self else { return .null }
            return members.last { $0.key == key }?.value ?? .null
        }
        set {
            var members: [Member] = []
            if case .object(let old) = self { members = old }
            if let index = members.firstIndex(where: { $0.key == key }) {
                if newValue == .null { members.remove(at: index) } else { members[index].value = newValue }
            } else if newValue != .null {
                members.append(Member(key: key, value: newValue))
            }
            self = .object(members)
        }
    }

    /// The item `index` of an array, which must exist to be set; null if it does not exist.
    subscript(index: Int) -> JSON {
        get {
            guard case .array(let items) = self, items.indices.contains(index) else { return .null }
            return items[index]
        }
        set {
            guard case .array(var items) = self, items.indices.contains(index) else { return }
            items[index] = newValue
            self = .array(items)
        }
    }

    /// Adds `item` at the end; null becomes an array.
    mutating func append(_ item: JSON) {
        self = .array(items + [item])
    }

    /// Keeps the items for which `keep` is true.
    mutating func filter(_ keep: (JSON) -> Bool) {
        self = .array(items.filter(keep))
    }

    var items: [JSON] {
        if case .array(let items) = self { items } else { [] }
    }

    var keys: [String] {
        if case .object(let members) = self { members.map(\.key) } else { [] }
    }

    var string: String? {
        if case .string(let text) = self { text } else { nil }
    }

    var int: Int? {
        if case .number(let digits) = self { Int(digits) } else { nil }
    }

    /// The strings of an array.
    var strings: [String] { items.compactMap(\.string) }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByStringInterpolation
{
    init(stringLiteral value: String) { self = .string(value) }
    init(integerLiteral value: Int) { self = .number("\(value)") }
    init(booleanLiteral value: Bool) { self = .bool(value) }
    init(arrayLiteral elements: JSON...) { self = .array(elements) }
    init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.map { Member(key: $0.0, value: $0.1) })
    }

    /// A number.
    static func int(_ value: Int) -> JSON { .number("\(value)") }

    /// An array of strings.
    static func words(_ words: [String]) -> JSON { .array(words.map { .string($0) }) }
}

extension JSON {
    /// The value as compact JSON.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let digits): digits
        case .string(let text): JSON.quoted(text)
        case .array(let items): "[" + items.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { JSON.quoted($0.key) + ":" + $0.value.text }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
