import Base
import Linux

/// Nobody in the container may trace init or open its descriptors while it is still the runtime (runc CVE-2016-9962). Set by
/// the host before the clone, and inherited; again by the process once it is the container's user, if others may be in the
/// container by then, or if it keeps CAP_SYS_ADMIN while it waits.
struct ForbidTracing: Equatable {
    var summary: String { "forbid tracing of the runtime" }

    func perform() throws(Failure) { try ThisProcess.forbidTracing() }
}
