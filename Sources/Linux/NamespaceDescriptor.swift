import Base
import CShim

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
