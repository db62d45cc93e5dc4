import Base
import CShim

/// The `O_*` bits of open(2) that the runtime uses; the shim always adds O_CLOEXEC.
public struct OpenFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: CInt

    /// Takes the kernel's bits.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// O_RDONLY, which has no bit.
    public static let readOnly: OpenFlags = []
    /// O_WRONLY
    public static let writeOnly = OpenFlags(rawValue: O_WRONLY)
    /// O_RDWR
    public static let readWrite = OpenFlags(rawValue: O_RDWR)
    /// O_CREAT
    public static let create = OpenFlags(rawValue: O_CREAT)
    /// O_EXCL
    public static let exclusive = OpenFlags(rawValue: O_EXCL)
    /// O_NOCTTY
    public static let noControllingTerminal = OpenFlags(rawValue: O_NOCTTY)
    /// O_TRUNC
    public static let truncate = OpenFlags(rawValue: O_TRUNC)
    /// O_APPEND
    public static let append = OpenFlags(rawValue: O_APPEND)
    /// O_NONBLOCK
    public static let nonBlocking = OpenFlags(rawValue: O_NONBLOCK)
    /// O_SYNC
    public static let synchronous = OpenFlags(rawValue: O_SYNC)
    /// O_TMPFILE: a file without a name, in the directory that is opened
    public static let unnamed = OpenFlags(rawValue: SHIM_O_TMPFILE)
    /// O_PATH
    public static let path = OpenFlags(rawValue: O_PATH)
    /// O_DIRECTORY
    public static let directory = OpenFlags(rawValue: O_DIRECTORY)
    /// O_NOFOLLOW
    public static let noFollow = OpenFlags(rawValue: O_NOFOLLOW)
}

/// open(2) by a path of the host, which is trusted. Anything below a container's root goes through
/// ``Descriptor/openat2(_:_:mode:resolve:)`` instead.
///
/// - Parameters:
///   - flags: O_CLOEXEC is added.
///   - mode: The permissions of a file that is created; the caller's umask applies.
/// - Throws: ``Failure`` of `open`, such as ENOENT.
public func open(_ path: String, _ flags: OpenFlags, mode: UInt32 = 0) throws(Failure) -> Descriptor {
    let number = uninterrupted { shim_open(path, flags.rawValue, mode) }
    return Descriptor(owning: try check(number, "open", "open \(path)"))
}

/// memfd_create(2): an empty file in memory without a name, open for reading and writing. It disappears when it is
/// closed.
///
/// The file cannot be made executable if the kernel can forbid that (MFD_NOEXEC_SEAL, Linux 6.3), because hosts with
/// `vm.memfd_noexec` at 2 refuse any other. An older kernel answers EINVAL; then we ask again without the flag.
///
/// - Parameter name: The name that /proc/PID/fd shows; at most 249 bytes.
/// - Throws: ``Failure`` of `memfd_create`.
public func memfdCreate(_ name: String) throws(Failure) -> Descriptor {
    var answer = shim_memfd_create(name, MFD_NOEXEC_SEAL)
    if answer == -Errno.EINVAL.rawValue { answer = shim_memfd_create(name, 0) }
    return Descriptor(owning: try check(answer, "memfd_create", "make the memory file \(name)"))
}

/// faccessat2(2), X_OK with AT_EACCESS: returns why the calling process, with its effective ids and capabilities, may
/// not execute `path`; nil if it may. A `noexec` mount is EACCES too.
///
/// A seccomp filter that is older than the call answers ENOSYS or EPERM, which says nothing about the file. Then we
/// ask faccessat(2), which checks the real ids; by now they are the same as the effective ones. If the filter refuses
/// that as well, execve(2) will give the answer.
public func executionError(_ path: String) -> Errno? {
    let answer = shim_faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)
    guard isRefusal(answer) else { return answer < 0 ? Errno(rawValue: -answer) : nil }
    let older = shim_faccessat_plain(AT_FDCWD, path, X_OK)
    return older < 0 && !isRefusal(older) ? Errno(rawValue: -older) : nil
}

/// Whether a seccomp filter gave this answer: the kernel itself never answers EPERM here.
private func isRefusal(_ answer: CInt) -> Bool {
    answer == -Errno.ENOSYS.rawValue || answer == -Errno.EPERM.rawValue
}
