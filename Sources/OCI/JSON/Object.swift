import Base

/// An object of the standard, which names each of its properties once.
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
/// Reading, writing and the list of known keys all come from ``members(_:)``. The writer keeps the order of the properties
/// there. Each property has a default value, so that Swift makes the initializer that `empty` calls. That initializer is
/// internal; another module sets the properties in a closure: `Root { $0.path = "rootfs" }`.
public protocol JSONObject: JSONValue, Equatable, Sendable {
    /// The object without properties: those that the standard requires are 0, the empty string, or the first word.
    static var empty: Self { get }

    /// What an error calls the object, as a sentence begins: `a mount`. Only an object with required properties needs one.
    static var noun: StaticString { get }

    /// Shows each property with its name to `m`.
    mutating func members(_ m: inout some Members & ~Copyable) throws(Failure)
}

/// What happens if a property is absent whose value is not optional.
public enum Absence {
    /// It is an error.
    case refused
    /// It is an error, reported after the others of its object. At most one property of an object has this.
    case refusedLast
    /// The number is 0, as Go reads it: other runtimes take that, and some callers rely on it. `validate` warns.
    case takenForZero
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

    /// Visits a required word for which the text may also have the empty string; that is nil.
    mutating func requiredOrEmpty<Word: SpecWord>(_ name: StaticString, _ value: inout Word?) throws(Failure)

    /// Visits annotations. No system call is ever given one, so their values may hold NUL characters.
    mutating func annotations(_ name: StaticString, _ value: inout Annotations?) throws(Failure)

    /// Visits a property that the standard has for other platforms. Its value is neither read nor written.
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
    /// What an error calls an object that requires nothing.
    public static var noun: StaticString { "the object" }

    /// An empty object stands in for one that cannot be read.
    public static var standIn: Self { empty }

    /// An object whose properties `set` sets; the others are absent.
    public init(_ set: (inout Self) -> Void) {
        self = .empty
        set(&self)
    }

    /// Reads the object. The reader passes over unknown keys; one that goes on warns of them.
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

    /// Writes the properties that are there.
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

// The reader visits an object's members once for each key of the text, and reads the value at the member of that name. So it
// reads in the order of the text, and finds errors in that order. Then it visits them once more, to find what is absent.
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
