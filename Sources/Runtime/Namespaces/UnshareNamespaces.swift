import Base
import Linux
import OCI

/// Makes namespaces that init must make itself, since it had to join others first.
struct UnshareNamespaces: InsideWork, ProcessWork {
    static var word: StaticString { "unshare" }

    var namespaces: NamespaceFlags

    var summary: String { "make new namespaces: \(namespaces.words.joined(separator: ", "))" }

    func perform() throws(Failure) {
        try unshare(namespaces)
        // New credentials may have made us dumpable, and so traceable by processes of the container (prctl(2),
        // PR_SET_DUMPABLE).
        if namespaces.contains(.user) { try ThisProcess.forbidTracing() }
    }
}

/// Makes the cgroup namespace when init is in its cgroup and its user namespace, which then owns the new one.
///
/// The kernel takes the present cgroup of the caller as the root of the new namespace (cgroup_namespaces(7)). That is
/// why the clone does not make it: it would take the cgroup of the parent (`copy_cgroup_ns` of the kernel's
/// kernel/cgroup/namespace.c), and the container would see the runtime's cgroup as its root.
struct NewCgroupNamespace: InsideWork, ProcessWork {
    static var word: StaticString { "new-cgroup-namespace" }

    var summary: String { "make a cgroup namespace, rooted at the container's cgroup" }

    func perform() throws(Failure) { try unshare(.cgroup) }
}

/// Becomes user and group 0 of the user namespace. Until then init's ids are not mapped there, and the files it makes
/// would have no owner.
struct BecomeRoot: InsideWork, ProcessWork {
    static var word: StaticString { "become-root" }

    var summary: String { "become user 0 of the user namespace" }

    func perform() throws(Failure) {
        do throws(Failure) {
            try Identity.setresgid(0)
            try Identity.setresuid(0)
        } catch {
            throw error.hinting("the mappings must give the container a user 0 and a group 0")
        }
        // A change of ids may make us dumpable again (prctl(2), PR_SET_DUMPABLE).
        try ThisProcess.forbidTracing()
    }
}
