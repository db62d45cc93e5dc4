import Base
import OCI

/// One thing that `apus validate` has to say about a config.json.
public struct Problem: Equatable, Sendable {
    /// How bad it is.
    public enum Level: String, SpecWord {
        /// No container can be made of it.
        case error
        /// One can, but perhaps not the one that was wanted.
        case warning
        /// Worth knowing.
        case info

        /// What an error calls it.
        public static var noun: StaticString { "level" }
    }

    /// What it is about.
    public enum Subject: String, SpecWord {
        /// What config.json says, which the spec does not allow or advises against.
        case config
        /// What the spec has and this version of apus does not do.
        case runtime
        /// What this host does not have.
        case host

        /// What an error calls it.
        public static var noun: StaticString { "subject" }
    }

    /// How bad it is.
    public var level: Level
    /// What is wrong, as a stable word.
    public var code: Failure.Code
    /// Where in config.json, as a JSON pointer (RFC 6901); empty for the whole.
    public var pointer: String
    /// What is wrong, for a person, on one line.
    public var message: String
    /// What usually helps.
    public var hint: String?

    /// A problem from the parts of a failure.
    init(_ level: Level, _ failure: Failure) {
        self.level = level
        code = failure.code ?? (level == .error ? .refused : .discouraged)
        pointer = failure.pointer ?? ""
        message = failure.action + (failure.cause.map { ": \($0.errno.words)" } ?? "")
        hint = failure.hint
    }

    /// What it is about.
    public var subject: Subject {
        switch code {
        case .notSupported, .unsupportedVersion: .runtime
        case .kernelTooOld, .missingController, .missingSecurityModule, .missingFile, .missingFeature,
            .unknownSystemCall, .sharedNetwork:
            .host
        default: .config
        }
    }

    /// The section of the specification that has the property: `config-linux.md#namespaces`.
    public var section: String { SpecSection.of(pointer) }

    /// One line: level, code, place, message, hint, section.
    public var line: String {
        let place = pointer.isEmpty ? "" : "\(pointer): "
        let help = hint.map { "; hint: \($0)" } ?? ""
        return escaped("\(level.word): \(code.rawValue): \(place)\(message)\(help) [\(section)]")
    }
}

extension Problem: JSONWritable {
    /// Writes the properties that are there.
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

/// What is done with a reason not to make a container: `create` throws the first (``throwing(_:)``), `validate` notes it
/// and looks for more (``Refusals``). So each rule is written once.
///
/// Whoever calls one goes on after it as if the value had been taken out, or had been right.
typealias Refuse = (Failure) throws(Failure) -> Void

/// Throws it: nothing is looked at after the first.
func throwing(_ failure: Failure) throws(Failure) { throw failure }

/// The reasons not to make a container.
final class Refusals {
    /// All that were noted, in the order found; stays empty where the first is thrown.
    private(set) var all: [Failure] = []
    private let goesOn: Bool

    /// - Parameter goesOn: Whether a reason is noted, and not thrown.
    init(goesOn: Bool = false) { self.goesOn = goesOn }

    /// Throws `failure`, or notes it.
    func add(_ failure: Failure) throws(Failure) {
        guard goesOn else { throw failure }
        all.append(failure)
    }
}

extension Failure {
    /// What the spec or runc's command line names and apus cannot do: an error, never silence.
    static func notYet(_ what: String) -> Failure {
        let place = what.utf8.starts(with: "--".utf8) ? "do without it" : "remove it from config.json"
        return Failure(
            "\(what): not supported by this version of apus", hint: "\(place), or use a newer apus", code: .notSupported
        )
    }
}
