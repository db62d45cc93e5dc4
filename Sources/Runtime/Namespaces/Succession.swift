import Base
import Linux

/// A line of both sides: the process that walks inside makes a child, which goes on in its place as init, or as the process of
/// `exec`; the first one is gone.
///
/// A pid namespace is entered by being born in it (setns(2), pid_namespaces(7)). While a process of the runtime is set up it has
/// the host's root, and descriptors of the host, for a time. In a pid namespace that is there already, others would see all of
/// that below /proc/PID, without any privilege its mounts, and with CAP_SYS_PTRACE its root and descriptors too. So a process that
/// nobody in there sees does all of it, and the child is born finished.
///
/// The child is made as a sibling (CLONE_PARENT), so that the host is its parent.
struct Succession: Equatable {
    /// Those that are made new for the child.
    var namespaces: NamespaceFlags = []

    var summary: String {
        let words = namespaces.words.joined(separator: ", ")
        return "succession  a child goes on in init's place"
            + (words.isEmpty ? ", in the pid namespace that was joined" : " with new namespaces: \(words)")
    }
}

/// A step: namespaces that init makes for itself, since it had to join others first.
struct UnshareNamespaces: InsideWork, ProcessWork {
    static var word: StaticString { "unshare" }

    var namespaces: NamespaceFlags

    var summary: String { "make new namespaces: \(namespaces.words.joined(separator: ", "))" }

    func perform() throws(Failure) {
        try unshare(namespaces)
        // Another set of credentials may have made us dumpable (prctl(2), PR_SET_DUMPABLE).
        if namespaces.contains(.user) { try ThisProcess.forbidTracing() }
    }
}

/// A step: the caller's supplementary groups go before a user namespace is joined, which may forbid to change them (`setgroups`,
/// user_namespaces(7)): else the container would have them for good.
struct ClearGroups: InsideWork, ProcessWork {
    static var word: StaticString { "clear-groups" }

    /// Whether we are in a user namespace that may forbid it already: then they were not ours to give away.
    var isOptional: Bool

    var summary: String { "let go of the caller's supplementary groups" }

    func perform() throws(Failure) {
        do throws(Failure) { try Identity.setgroups([]) } catch  where isOptional && error.errno == .EPERM {}
    }
}
