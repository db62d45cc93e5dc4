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
///   - cgroup: The number of a descriptor of a cgroup's directory. The child starts in this cgroup, which saves a move
///     later (CLONE_INTO_CGROUP). -1 for our own cgroup.
///   - asSibling: CLONE_PARENT: the child's parent is our parent, which must wait for it with `__WALL`.
///   - action: What the child is for, for the failure.
/// - Throws: ``Failure`` of `clone3`, also if clone(2) was called instead.
public func clone(
    _ namespaces: NamespaceFlags, into cgroup: CInt = -1, asSibling: Bool = false,
    _ action: @autoclosure () -> String = "start a process"
) throws(Failure) -> Cloned {
    var pidfd: CInt = -1
    let flags = namespaces.rawValue | (asSibling ? UInt64(CLONE_PARENT) : 0)
    var answer = shim_clone3(flags, asSibling ? 0 : SIGCHLD, cgroup, &pidfd)
    if answer == -Errno.ENOSYS.rawValue, flags == 0, cgroup < 0 { answer = shim_clone(SIGCHLD, &pidfd) }
    let pid = try check(answer, "clone3", action())
    if pid == 0 { return .child }
    return .parent(pid: pid, pidfd: PidDescriptor(owning: pidfd))
}

/// The kinds of namespace, as `CLONE_NEW*` bits of clone3(2), unshare(2) and setns(2).
public struct NamespaceFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let time = NamespaceFlags(rawValue: UInt64(CLONE_NEWTIME))
    public static let mount = NamespaceFlags(rawValue: UInt64(CLONE_NEWNS))
    public static let cgroup = NamespaceFlags(rawValue: UInt64(CLONE_NEWCGROUP))
    public static let uts = NamespaceFlags(rawValue: UInt64(CLONE_NEWUTS))
    public static let ipc = NamespaceFlags(rawValue: UInt64(CLONE_NEWIPC))
    public static let user = NamespaceFlags(rawValue: UInt64(CLONE_NEWUSER))
    public static let pid = NamespaceFlags(rawValue: UInt64(CLONE_NEWPID))
    public static let network = NamespaceFlags(rawValue: UInt64(CLONE_NEWNET))
}

/// unshare(2): moves the caller into new namespaces. A new pid or time namespace is only for its children.
///
/// - Throws: ``Failure`` of `unshare`: EPERM without CAP_SYS_ADMIN, ENOSPC beyond a limit of /proc/sys/user.
public func unshare(_ namespaces: NamespaceFlags) throws(Failure) {
    try check(shim_unshare(CInt(namespaces.rawValue)), "unshare", "make a namespace")
}

extension Descriptor {
    /// setns(2): moves the caller into the namespace that this descriptor is open on, a file of /proc/PID/ns.
    ///
    /// - Parameter kinds: The kind that the namespace must have.
    /// - Throws: ``Failure`` of `setns`: EINVAL for a namespace of another kind and for our own user namespace, EPERM
    ///   without CAP_SYS_ADMIN over it.
    public borrowing func setns(_ kinds: NamespaceFlags, _ what: String) throws(Failure) {
        try check(shim_setns(number, CInt(kinds.rawValue)), "setns", "join \(what)")
    }

    /// NS_GET_NSTYPE of ioctl_ns(2): the kind of namespace; nil if the file is not a namespace.
    public borrowing func namespaceKind() -> NamespaceFlags? {
        let answer = shim_ioctl(number, SHIM_NS_GET_NSTYPE, nil)
        return answer < 0 ? nil : NamespaceFlags(rawValue: UInt64(answer))
    }

    /// NS_GET_USERNS of ioctl_ns(2): opens the user namespace that owns this namespace.
    ///
    /// - Throws: ``Failure`` of `ioctl`: EPERM if it is outside of our own user namespace and those below it.
    public borrowing func owningUserNamespace() throws(Failure) -> Descriptor {
        let answer = shim_ioctl(number, SHIM_NS_GET_USERNS, nil)
        return Descriptor(owning: try check(answer, "ioctl", "find the owner of a namespace"))
    }
}

extension PidDescriptor {
    /// setns(2) with a pidfd: moves the caller into the namespaces of the process, all of `kinds` at once (Linux 5.8).
    ///
    /// - Throws: ``Failure`` of `setns`: ESRCH if the process has ended, EINVAL for our own user namespace, EPERM
    ///   without CAP_SYS_ADMIN over each of them, or if we may not trace the process.
    public borrowing func setns(_ kinds: NamespaceFlags, _ what: String) throws(Failure) {
        try check(shim_setns(number, CInt(kinds.rawValue)), "setns", "join \(what)")
    }
}
