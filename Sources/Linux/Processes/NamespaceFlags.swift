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
