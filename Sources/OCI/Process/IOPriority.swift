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
