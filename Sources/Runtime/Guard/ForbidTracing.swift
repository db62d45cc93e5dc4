import Base
import CShim
import Linux

/// Forbids tracing, so that nobody in the container can trace init or open its descriptors while it is still the
/// runtime (runc CVE-2016-9962).
///
/// The host sets this before the clone, and init inherits it. But a change of user resets it (PR_SET_DUMPABLE(2const)).
/// So the process sets it again as the container's user, if others may already be in the container, or if it keeps
/// CAP_SYS_ADMIN while it waits.
struct ForbidTracing: HostWork, InsideWork, ProcessWork {
    static var word: StaticString { "forbid-tracing" }

    var summary: String { "forbid tracing of the runtime" }

    func perform() throws(Failure) { try ThisProcess.forbidTracing() }
}
