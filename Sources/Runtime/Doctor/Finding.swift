import Base
import OCI

/// One thing that `apus doctor` looked at.
public struct Finding: Equatable, Sendable {
    /// Whether the host has it.
    public enum State: String, SpecWord {
        /// It is here, for this caller.
        case has
        /// A part of it is missing, or it is here but not for every use.
        case limited
        /// It is not here, or not for this caller.
        case lacks

        /// Its name in error messages.
        public static var noun: StaticString { "state" }
    }

    /// What was looked at, in a few words that stay the same between versions: `openat2`, `user namespaces`.
    public var what: String
    /// Whether the host has it.
    public var state: State
    /// What was found: a version, a list, or the kernel's reason; may be empty.
    public var found: String
    /// What it is needed for.
    public var purpose: String
    /// How to get it; nil if the host has it, or if nothing can be done.
    public var remedy: String?

    init(_ what: String, _ state: State, _ found: String = "", for purpose: String, remedy: String? = nil) {
        self.what = what
        self.state = state
        self.found = found
        self.purpose = purpose
        self.remedy = state == .has ? nil : remedy
    }

    /// One line: `lacks    user namespaces: ...; needed for ...; to get it: ...`
    public var line: String {
        var text = state.word + String(repeating: " ", count: 8 - state.word.utf8.count) + what
        if !found.isEmpty { text += ": \(found)" }
        text += "; needed for \(purpose)"
        if let remedy { text += "; to get it: \(remedy)" }
        return escaped(text)
    }
}

extension Finding: JSONWritable {
    /// Writes the properties that are not nil.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("what", what)
            json.member("state", state)
            json.member("found", found)
            json.member("neededFor", purpose)
            json.member("remedy", remedy)
        }
    }
}
