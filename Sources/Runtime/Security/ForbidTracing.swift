import Base
import Linux

/// Nobody in the container may trace init or open its descriptors while it is still the runtime (runc CVE-2016-9962). Set by
/// the host before the clone, since init may be born into a pid namespace where others see it; in `exec` again by the process
/// once it is the container's user.
struct ForbidTracing: Equatable {
    var summary: String { "forbid tracing of the runtime" }

    func perform() throws(Failure) { try ProcessAttribute.forbidTracing() }
}
