import Base

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
