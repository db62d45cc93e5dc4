import Base
import Linux
import OCI

/// Joins namespaces of the container's init for `exec`, all in one setns(2) on its pidfd (Linux 5.8).
///
/// The kernel joins all of them or none, and checks our rights over each before it joins any. So neither their order
/// nor their owners matter. When we join the mount namespace, we also get its root and a current directory in it. The
/// pid namespace is only for our later children: ``Succession``.
struct JoinInit: InsideWork {
    static var word: StaticString { "join-init" }

    var kinds: NamespaceFlags
    /// The inode number that init's user namespace must have.
    var userNamespace: UInt64?

    var summary: String { "join the namespaces of the container's init: \(kinds.words.joined(separator: ", "))" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let proc = userNamespace == nil ? Proc.none : try .host()
        try session.joined.setns(kinds, "the container's namespaces")
        session.joined = .none
        // Checked after the join, since until then init could have changed its own.
        if let userNamespace, try proc.userNamespace(of: "self") != userNamespace { throw Self.otherUserNamespace }
        // New credentials may have made us dumpable, and so traceable by processes of the container (prctl(2),
        // PR_SET_DUMPABLE).
        if kinds.contains(.user) { try ThisProcess.forbidTracing() }
        if kinds.contains(.mount) { session.root = try open("/", [.path, .directory]) }
    }
}

extension JoinInit {
    /// The failure for a user namespace that init has made itself. Any process may make one and have us join it, and
    /// in there the ids mean whatever its maker wants.
    fileprivate static var otherUserNamespace: Failure {
        Failure(
            "the container's init is in another user namespace than it was made in",
            hint: "its program has made one of its own; a process cannot be added to that", code: .wrongState)
    }
}

extension Proc {
    /// Returns the inode number of a process's user namespace.
    ///
    /// - Parameter process: Its pid, or `self`.
    borrowing func userNamespace(of process: String) throws(Failure) -> UInt64 {
        try follow("\(process)/ns/user", .readOnly).status().inode
    }
}

extension NamespaceFlags {
    /// Returns the kinds of `record` in which init's namespace is not ours.
    ///
    /// Kinds that are not in `record` are not joined: init may have made such a namespace later, and any process that
    /// can make a user namespace can do that.
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
