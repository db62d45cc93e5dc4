import Base
import Linux
import OCI

/// A step of `exec`: join the pid namespace of the container's init before the clone, since setns(2) moves only children into
/// one.
struct JoinInitForBirth: Equatable {
    var summary: String { "join the pid namespace of the container's init, for the process to be born in it" }

    func perform(_ session: inout HostSession) throws(Failure) {
        try join(session.joined, .pid, "the container's pid namespace")
    }
}

/// A step of `exec`: join namespaces of the container's init, all in one setns(2) on its pidfd (Linux 5.8).
///
/// The kernel changes all of them or none, and asks for our rights over each with those that we have before it. So the order
/// does not matter, nor who owns which. With a mount namespace come its root and a current directory in it.
struct JoinInit: Equatable {
    var kinds: NamespaceFlags

    var summary: String { "join the namespaces of the container's init: \(kinds.words.joined(separator: ", "))" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        try join(session.joined, kinds, "the container's namespaces")
        session.joined = .none
        // Another set of credentials may have made us dumpable (prctl(2), PR_SET_DUMPABLE).
        if kinds.contains(.user) { try ProcessAttribute.forbidTracing() }
        if kinds.contains(.mount) { session.root = try open("/", [.path, .directory]) }
    }
}

extension NamespaceFlags {
    /// The kinds in which the process `pid` is in another namespace than we are. A kind that the kernel does not have is none.
    static func apart(from pid: Int32, _ proc: borrowing Proc) throws(Failure) -> NamespaceFlags {
        var kinds: NamespaceFlags = []
        for kind in Namespace.Kind.allCases {
            guard let own = try proc.link("self/ns/\(kind.file)") else { continue }
            if try proc.link("\(pid)/ns/\(kind.file)") != own { kinds.formUnion(kind.flags) }
        }
        return kinds
    }
}
