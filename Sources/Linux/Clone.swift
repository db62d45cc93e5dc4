import Base
import CShim

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

/// Which side of a clone we are.
public enum Cloned: ~Copyable {
    /// We made `pid`; `pidfd` names it for as long as we hold it, whatever becomes of the number.
    case parent(pid: Int32, pidfd: PidDescriptor)
    /// We are the new process.
    case child
}

/// clone3(2) with fork's meaning: the child goes on here, in a copy of our memory.
///
/// There is no CLONE_VM, so the child owns its copy, and Swift's memory management goes on working in it. Only one
/// thread may exist. Signal handlers are reset (CLONE_CLEAR_SIGHAND).
///
/// - Parameters:
///   - namespaces: Those that are made new for the child.
///   - cgroup: A cgroup's directory in which the child is born, which costs no move later (CLONE_INTO_CGROUP).
///   - asSibling: CLONE_PARENT: the child's parent is our parent, which must wait for it with `__WALL`.
///
/// A plain child can also be had where a seccomp filter, which cannot look into clone3's arguments, says that there is no
/// such call (Docker's profile, once it is loaded: ENOSYS); it keeps our signal handlers.
///
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

/// unshare(2).
public func unshare(_ namespaces: NamespaceFlags) throws(Failure) {
    try check(shim_unshare(CInt(namespaces.rawValue)), "unshare", "make a namespace")
}

/// setns(2) into the namespace that `namespace` is open on, which must be of one of `kinds`.
public func join(_ namespace: borrowing Descriptor, _ kinds: NamespaceFlags, _ what: String) throws(Failure) {
    try check(shim_setns(namespace.number, CInt(kinds.rawValue)), "setns", "join \(what)")
}

/// setns(2) by a pidfd: into the namespaces of a process, of all of `kinds` at once (Linux 5.8).
///
/// - Throws: ``Failure`` of `setns`: ESRCH where the process has ended, EINVAL for the user namespace that we are in, EPERM
///   without CAP_SYS_ADMIN over each of them, or where we may not trace the process.
public func join(_ process: borrowing PidDescriptor, _ kinds: NamespaceFlags, _ what: String) throws(Failure) {
    try check(shim_setns(process.number, CInt(kinds.rawValue)), "setns", "join \(what)")
}
