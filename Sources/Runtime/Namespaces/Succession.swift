import Base
import Linux

/// A line of both sides: the process inside makes a child, which continues in its place as init, or as the process of
/// `exec`. The first process ends.
///
/// A process enters a pid namespace only by being born in it (setns(2), pid_namespaces(7)). While the runtime sets up
/// a process, the process has the host's root and descriptors of the host for a while. In an existing pid namespace,
/// other processes could see this below /proc/PID: its mounts without any privilege, and with CAP_SYS_PTRACE its root
/// and descriptors too. So a process that is invisible there does all the work, and the child is born finished.
///
/// The child is made as a sibling (CLONE_PARENT), so that the host is its parent.
struct Succession: Equatable {
    /// The new namespaces for the child.
    var namespaces: NamespaceFlags = []

    var summary: String {
        let words = namespaces.words.joined(separator: ", ")
        return "succession  a child goes on in init's place"
            + (words.isEmpty ? ", in the pid namespace that was joined" : " with new namespaces: \(words)")
    }
}
