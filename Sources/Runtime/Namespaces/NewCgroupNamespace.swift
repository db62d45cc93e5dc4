import Base
import Linux
import OCI

/// Makes the cgroup namespace after init has moved into its cgroup.
///
/// The kernel takes the present cgroup of the caller as the root of the new namespace (cgroup_namespaces(7)). That is
/// why the clone does not make it: it would take the cgroup of the parent (`copy_cgroup_ns` of the kernel's
/// kernel/cgroup/namespace.c), and the container would see the runtime's cgroup as its root.
struct NewCgroupNamespace: InsideWork, ProcessWork {
    static var word: StaticString { "new-cgroup-namespace" }

    var summary: String { "make a cgroup namespace, rooted at the container's cgroup" }

    func perform() throws(Failure) { try unshare(.cgroup) }
}
