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

/// What an open file of nsfs says of itself (ioctl_ns(2)).
extension Descriptor {
    /// NS_GET_NSTYPE: the kind of namespace; nil where the file is no namespace.
    public borrowing func namespaceKind() -> NamespaceFlags? {
        let answer = shim_ioctl(number, SHIM_NS_GET_NSTYPE, nil)
        return answer < 0 ? nil : NamespaceFlags(rawValue: UInt64(answer))
    }

    /// NS_GET_USERNS: the user namespace that owns this namespace.
    ///
    /// - Throws: ``Failure``: EPERM where it is outside our own.
    public borrowing func owningUserNamespace() throws(Failure) -> Descriptor {
        let answer = shim_ioctl(number, SHIM_NS_GET_USERNS, nil)
        return Descriptor(owning: try check(answer, "ioctl", "find the owner of a namespace"))
    }
}
