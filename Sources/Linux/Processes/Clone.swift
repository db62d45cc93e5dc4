import Base
import CShim

/// Which side of a clone we are.
public enum Cloned: ~Copyable {
    /// We are the parent and made `pid`; `pidfd` refers to it as long as we hold it, even if the kernel uses the pid
    /// again.
    case parent(pid: Int32, pidfd: PidDescriptor)
    /// We are the new process.
    case child
}

/// clone3(2) like fork: the child continues here, in a copy of our memory.
///
/// There is no CLONE_VM, so the child owns its copy, and Swift's memory management still works in it. Only one thread
/// may exist. Signal handlers are reset (CLONE_CLEAR_SIGHAND).
///
/// A seccomp filter cannot look into clone3's arguments, so it may answer that there is no such call (Docker's
/// profile, once it is loaded: ENOSYS). Then a plain child, without namespaces, cgroup and CLONE_PARENT, is made with
/// clone(2) instead, and keeps our signal handlers.
///
/// - Parameters:
///   - namespaces: The namespaces to make new for the child.
///   - cgroup: The directory of a cgroup in which the child is born, which saves a move later (CLONE_INTO_CGROUP).
///   - asSibling: CLONE_PARENT: the child's parent is our parent, which must wait for it with `__WALL`.
/// - Throws: ``Failure`` of `clone3`.
public func clone(
    _ namespaces: NamespaceFlags, into cgroup: CInt = -1, asSibling: Bool = false
) throws(Failure) -> Cloned {
    var pidfd: CInt = -1
    let flags = namespaces.rawValue | (asSibling ? UInt64(CLONE_PARENT) : 0)
    var answer = shim_clone3(flags, asSibling ? 0 : SIGCHLD, cgroup, &pidfd)
    if answer == -Errno.ENOSYS.rawValue, flags == 0, cgroup < 0 { answer = shim_clone(SIGCHLD, &pidfd) }
    let pid = try check(answer, "clone3", "make the container's first process")
    if pid == 0 { return .child }
    return .parent(pid: pid, pidfd: PidDescriptor(owning: pidfd))
}
