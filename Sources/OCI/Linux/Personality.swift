/// `linux.personality`, for personality(2).
public struct Personality: Equatable, Sendable {
    /// The execution domain.
    public var domain: Domain
    /// The spec defines none yet.
    public var flags: [String]?

    /// A personality with the given properties; the others are absent.
    public init(domain: Domain, flags: [String]? = nil) {
        self.domain = domain
        self.flags = flags
    }

    /// The execution domains of the spec.
    public enum Domain: String, SpecWord {
        case linux = "LINUX"
        case linux32 = "LINUX32"

        /// What an error calls it.
        public static var noun: StaticString { "execution domain" }
    }
}
