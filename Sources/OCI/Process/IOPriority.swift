import Base

/// `process.ioPriority`, for ioprio_set(2).
public struct IOPriority: Equatable, Sendable {
    /// The scheduling class.
    public var `class`: Class
    /// The level in the class: 0, the highest, to 7.
    public var priority: Int32

    /// An I/O priority with all its properties.
    public init(class: Class, priority: Int32) {
        self.class = `class`
        self.priority = priority
    }

    /// The classes of ioprio_set(2).
    public enum Class: String, SpecWord {
        case realTime = "IOPRIO_CLASS_RT"
        case bestEffort = "IOPRIO_CLASS_BE"
        case idle = "IOPRIO_CLASS_IDLE"

        /// What an error calls it.
        public static var noun: StaticString { "I/O priority class" }
    }
}

extension IOPriority: JSONReadable, JSONWritable {
    /// Reads the object; properties that the spec does not name are skipped.
    public init(_ json: inout JSONReader) throws(Failure) {
        var `class`: Class?
        var priority: Int32?
        let start = try json.object { json, key throws(Failure) in
            switch key {
            case "class": `class` = try json.word()
            case "priority": priority = try json.integer()
            default: try json.skip()
            }
        }
        try self.init(
            class: json.required(`class`, "class", of: "an I/O priority", at: start),
            priority: json.number(priority, "priority", of: "an I/O priority", at: start))
    }

    /// Writes the properties that are there.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("class", `class`)
            json.member("priority", priority)
        }
    }
}
