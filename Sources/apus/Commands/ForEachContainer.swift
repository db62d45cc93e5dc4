import Base
import Runtime

/// Calls `body` with every container whose id matches `pattern`.
///
/// - Throws: The first ``Failure``, after all containers had their turn. It is no failure if a container ended or was
///   deleted in the meantime.
func forEachContainer(
    matching pattern: String, in options: RuntimeOptions, _ body: (String) throws(Failure) -> Void
) throws(Failure) {
    var failure: Failure?
    for id in try Runtime.containers(matching: pattern, in: options) {
        do throws(Failure) { try body(id) } catch {
            guard error.code != .containerNotRunning, error.code != .containerNotFound else { continue }
            failure = failure ?? error.during("container \(id)")
        }
    }
    if let failure { throw failure }
}

extension Option {
    static var regex: Option {
        Option(.regex, "r", .flag, "", "the id is an extended regular expression: do it with every container it fits")
    }
}
