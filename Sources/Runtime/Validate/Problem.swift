import Base
import OCI

/// A problem that `apus validate` reports about a config.json.
public struct Problem: Equatable, Sendable {
    /// How bad it is.
    public enum Level: String, SpecWord {
        /// No container can be made of it.
        case error
        /// A container could be made, but perhaps not the one that was wanted.
        case warning
        /// Worth knowing.
        case info

        /// Its name in error messages.
        public static var noun: StaticString { "level" }
    }

    /// What it is about.
    public enum Subject: String, SpecWord {
        /// What config.json says, and the spec forbids or advises against.
        case config
        /// What the spec has, and this version of apus does not support.
        case runtime
        /// What this host does not have.
        case host

        /// Its name in error messages.
        public static var noun: StaticString { "subject" }
    }

    /// How bad it is.
    public var level: Level
    /// The kind of problem, as a word that stays the same between versions.
    public var code: Failure.Code
    /// The place in config.json, as a JSON pointer (RFC 6901); empty for the whole text.
    public var pointer: String
    /// The problem, for a person, on one line.
    public var message: String
    /// What usually helps.
    public var hint: String?

    /// Makes a problem from the parts of a failure.
    init(_ level: Level, _ failure: Failure) {
        self.level = level
        code = failure.code ?? (level == .error ? .refused : .discouraged)
        pointer = failure.pointer ?? ""
        message = failure.action + (failure.cause.map { ": \($0.errno.text)" } ?? "")
        hint = failure.hint
    }

    /// What the problem is about.
    public var subject: Subject {
        switch code {
        case .notSupported, .unsupportedVersion: .runtime
        case .kernelTooOld, .missingController, .missingSecurityModule, .missingFile, .missingFeature,
            .unknownSystemCall, .sharedNetwork, .serviceManager:
            .host
        default: .config
        }
    }

    /// The section of the specification that describes the property: `config-linux.md#namespaces`.
    public var section: String { SpecSection.of(pointer) }

    /// One line: level, code, place, message, hint, section.
    public var line: String {
        let place = pointer.isEmpty ? "" : "\(pointer): "
        let help = hint.map { "; hint: \($0)" } ?? ""
        return escaped("\(level.word): \(code.rawValue): \(place)\(message)\(help) [\(section)]")
    }
}

extension Problem: JSONWritable {
    /// Writes the properties that are not nil.
    public func write(to json: inout JSONWriter) {
        json.object { json in
            json.member("level", level)
            json.member("code", code.rawValue)
            json.member("about", subject)
            json.member("pointer", pointer)
            json.member("message", message)
            json.member("hint", hint)
            json.member("spec", section)
        }
    }
}

/// What to do with a reason not to make a container. `create` throws the first one (``throwing(_:)``). `validate` notes
/// it and looks for more (``Refusals``). So each rule is written only once.
///
/// If the call returns, the caller goes on as if the value were absent or correct.
typealias Refuse = (Failure) throws(Failure) -> Void

/// Throws the failure, so that the first error ends the checks.
func throwing(_ failure: Failure) throws(Failure) { throw failure }

/// Collects the reasons not to make a container.
final class Refusals {
    /// All reasons noted, in the order found. It stays empty if the first one is thrown.
    private(set) var all: [Failure] = []
    private let collects: Bool

    /// - Parameter collects: Whether a reason is noted instead of thrown.
    init(collects: Bool = false) { self.collects = collects }

    /// Throws `failure`, or notes it.
    func add(_ failure: Failure) throws(Failure) {
        guard collects else { throw failure }
        all.append(failure)
    }
}

extension Failure {
    /// The error for something that the spec has and this version of apus does not support.
    static func notYet(_ what: String) -> Failure {
        let place = what.utf8.starts(with: "--".utf8) ? "do without it" : "remove it from config.json"
        return Failure(
            "\(what): not supported by this version of apus", hint: "\(place), or use a newer apus", code: .notSupported
        )
    }
}
