import Base
import OCI

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
    private let goesOn: Bool

    /// - Parameter goesOn: Whether a reason is noted instead of thrown.
    init(goesOn: Bool = false) { self.goesOn = goesOn }

    /// Throws `failure`, or notes it.
    func add(_ failure: Failure) throws(Failure) {
        guard goesOn else { throw failure }
        all.append(failure)
    }
}

extension Failure {
    /// The error for something that the spec or runc's command line has and apus does not support. apus never ignores
    /// such a thing silently.
    static func notYet(_ what: String) -> Failure {
        let place = what.utf8.starts(with: "--".utf8) ? "do without it" : "remove it from config.json"
        return Failure(
            "\(what): not supported by this version of apus", hint: "\(place), or use a newer apus", code: .notSupported
        )
    }
}
