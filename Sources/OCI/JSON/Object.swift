import Base

/// An object of the standard. It names each of its properties once:
///
///     public struct Root: JSONObject {
///         public var path = ""
///         public var readonly: Bool?
///
///         public static var empty: Self { Self() }
///         public static var noun: StaticString { "root" }
///         public mutating func members(_ m: inout some Members & ~Copyable) throws(Failure) {
///             try m.required("path", &path)
///             try m.optional("readonly", &readonly)
///         }
///     }
///
/// Reading, writing and the list of known keys all use ``members(_:)``. The writer keeps its order. Each property has a
/// default value, so that Swift generates the initializer that `empty` calls. That initializer is internal; another
/// module sets the properties in a closure: `Root { $0.path = "rootfs" }`.
public protocol JSONObject: JSONValue, Equatable, Sendable {
    /// The object without properties. Those that the standard requires are 0, the empty string, or the first word.
    static var empty: Self { get }

    /// What an error calls the object, as a sentence begins: `a mount`. Only objects with required properties need
    /// this.
    static var noun: StaticString { get }

    /// Calls `m` for each property, with its name.
    mutating func members(_ m: inout some Members & ~Copyable) throws(Failure)
}

/// What happens if a property that must have a value is absent.
public enum Absence {
    /// It is an error.
    case refused
    /// It is an error, reported after the object's other errors. At most one property of an object has this.
    case refusedLast
    /// The number is 0, as in Go. Other runtimes accept that, and some callers rely on it. `validate` warns.
    case readAsZero
    /// The property keeps its value.
    case kept
}

/// Visits the properties of a ``JSONObject``.
public protocol Members: ~Copyable {
    /// Visits a property that always has a value.
    mutating func required<Value: JSONValue>(
        _ name: StaticString, _ value: inout Value, ifAbsent: Absence
    ) throws(Failure)

    /// Visits a property that may be absent.
    mutating func optional<Value: JSONValue>(_ name: StaticString, _ value: inout Value?) throws(Failure)

    /// Visits a required word that may also be the empty string; then the value is nil.
    mutating func requiredOrEmpty<Word: SpecWord>(_ name: StaticString, _ value: inout Word?) throws(Failure)

    /// Visits annotations. Their values may hold NUL characters, since they never reach a system call.
    mutating func annotations(_ name: StaticString, _ value: inout Annotations?) throws(Failure)

    /// Visits a property that the standard defines for other platforms. Its value is neither read nor written.
    mutating func ignored(_ name: StaticString) throws(Failure)
}

extension Members where Self: ~Copyable {
    /// Visits a property that the standard requires.
    @inline(__always)
    public mutating func required(_ name: StaticString, _ value: inout some JSONValue) throws(Failure) {
        try required(name, &value, ifAbsent: .refused)
    }
}

extension JSONObject {
    /// The default, for objects without required properties.
    public static var noun: StaticString { "the object" }

    /// An empty object stands in for an object that cannot be read.
    public static var standIn: Self { empty }

    /// Makes an object with the properties that `set` sets; the others are absent.
    public init(_ set: (inout Self) -> Void) {
        self = .empty
        set(&self)
    }

    /// Reads the object. The reader skips unknown keys; one that goes on after errors warns about them.
    public init(_ json: inout JSONReader) throws(Failure) {
        var object = Self.empty
        try json.object(Self.noun, Self.names) { json throws(Failure) in try object.members(&json) }
        self = object
    }

    /// The names of its properties.
    private static func names() -> [StaticString] {
        var (object, names) = (Self.empty, MemberNames())
        try? object.members(&names)
        return names.names
    }

    /// Writes the properties that are not absent.
    public func write(to json: inout JSONWriter) {
        var copy = self  // ``members(_:)`` may change what it visits; the writer does not
        json.object { json in try? copy.members(&json) }
    }
}

/// Collects the names of an object's properties.
struct MemberNames: Members {
    private(set) var names: [StaticString] = []

    mutating func required<Value: JSONValue>(_ name: StaticString, _: inout Value, ifAbsent: Absence) {
        names.append(name)
    }

    mutating func optional<Value: JSONValue>(_ name: StaticString, _: inout Value?) { names.append(name) }

    mutating func requiredOrEmpty<Word: SpecWord>(_ name: StaticString, _: inout Word?) { names.append(name) }

    mutating func annotations(_ name: StaticString, _: inout Annotations?) { names.append(name) }

    mutating func ignored(_ name: StaticString) { names.append(name) }
}

// The reader visits an object's members once for each key in the text, and reads the value at the member with that
// name. So values are read, and errors found, in the order of the text. A last visit finds what is absent.
extension JSONReader: Members {
    @inline(__always)
    public mutating func required<Value: JSONValue>(
        _ name: StaticString, _ value: inout Value, ifAbsent: Absence
    ) throws(Failure) {
        if wants(name) { return try take(&value) }
        if isChecking, ifAbsent != .kept { try checkPresence(of: name, ifAbsent) }
    }

    @inline(__always)
    public mutating func optional<Value: JSONValue>(_ name: StaticString, _ value: inout Value?) throws(Failure) {
        if wants(name) { try take(&value) }
    }

    @inline(__always)
    public mutating func requiredOrEmpty<Word: SpecWord>(_ name: StaticString, _ value: inout Word?) throws(Failure) {
        if wants(name) {
            value = try wordOrNothing()
        } else if isChecking {
            try checkPresence(of: name, .refused)
        }
    }

    @inline(__always)
    public mutating func annotations(_ name: StaticString, _ value: inout Annotations?) throws(Failure) {
        if wants(name) { value = try annotations() }
    }

    @inline(__always)
    public mutating func ignored(_ name: StaticString) throws(Failure) {
        if wants(name) { try skip() }
    }

    @inline(never)
    private mutating func take<Value: JSONValue>(_ value: inout Value) throws(Failure) { value = try Value(&self) }

    @inline(never)
    private mutating func take<Value: JSONValue>(_ value: inout Value?) throws(Failure) { value = try Value(&self) }
}

extension JSONWriter: Members {
    public mutating func required<Value: JSONValue>(_ name: StaticString, _ value: inout Value, ifAbsent: Absence) {
        property(name, value)
    }

    public mutating func optional<Value: JSONValue>(_ name: StaticString, _ value: inout Value?) {
        if let value { property(name, value) }
    }

    public mutating func requiredOrEmpty<Word: SpecWord>(_ name: StaticString, _ value: inout Word?) {
        property(name, value?.word ?? "")
    }

    public mutating func annotations(_ name: StaticString, _ value: inout Annotations?) {
        if let value { property(name, value) }
    }

    public mutating func ignored(_: StaticString) {}
}
