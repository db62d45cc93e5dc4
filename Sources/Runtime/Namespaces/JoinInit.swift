import Base
import Linux
import OCI

/// A step of `exec`: join namespaces of the container's init, all in one setns(2) on its pidfd (Linux 5.8).
///
/// The kernel changes all of them or none, and asks for our rights over each with those that we have before it. So the order
/// does not matter, nor who owns which. With a mount namespace come its root and a current directory in it. A pid namespace is
/// only for our children: ``Succession``.
struct JoinInit: InsideWork {
    static var word: StaticString { "join-init" }

    var kinds: NamespaceFlags
    /// The inode number of the user namespace that it must be.
    var userNamespace: UInt64?

    var summary: String { "join the namespaces of the container's init: \(kinds.words.joined(separator: ", "))" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let proc = userNamespace == nil ? Proc.none : try .host()
        try session.joined.setns(kinds, "the container's namespaces")
        session.joined = .none
        // Only now: init can change its own until then.
        if let userNamespace, try proc.userNamespace(of: "self") != userNamespace { throw Self.otherUserNamespace }
        // Another set of credentials may have made us dumpable (prctl(2), PR_SET_DUMPABLE).
        if kinds.contains(.user) { try ThisProcess.forbidTracing() }
        if kinds.contains(.mount) { session.root = try open("/", [.path, .directory]) }
    }
}

extension JoinInit {
    /// Whoever can make a user namespace could have it joined, and in there ids mean what its maker likes.
    fileprivate static var otherUserNamespace: Failure {
        Failure(
            "the container's init is in another user namespace than it was made in",
            hint: "its program has made one of its own; a process cannot be added to that", code: .wrongState)
    }
}

extension Proc {
    /// The inode number of a process's user namespace.
    ///
    /// - Parameter process: Its pid, or `self`.
    borrowing func userNamespace(of process: String) throws(Failure) -> UInt64 {
        try follow("\(process)/ns/user", .readOnly).status().inode
    }
}

extension NamespaceFlags {
    /// Of the kinds that `record` has, those in which its init is not in our namespace.
    ///
    /// What init has made for itself since, any process may have that can make a user namespace: it is not joined.
    static func apart(from record: StateFile, _ proc: borrowing Proc) throws(Failure) -> NamespaceFlags {
        var kinds: NamespaceFlags = []
        let pid = record.pid ?? 0
        for kind in record.namespaces.map({ $0.type }) {
            guard let own = try proc.link("self/ns/\(kind.file)") else { continue }
            if try proc.link("\(pid)/ns/\(kind.file)") != own { kinds.formUnion(kind.flags) }
        }
        return kinds
    }
}
