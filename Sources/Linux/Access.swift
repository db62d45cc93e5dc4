import Base
import CShim

/// faccessat2(2), `X_OK` with `AT_EACCESS`: why the calling process, with its effective ids and capabilities, may not
/// execute `path`; nil where it may. A `noexec` mount is EACCES too.
///
/// A seccomp filter that is older than the call answers ENOSYS or EPERM, which says nothing of the file. Then faccessat(2) is asked,
/// which looks with the real ids: the process has become its user with all of them. If that is refused as well, execve(2) will tell.
public func executionError(_ path: String) -> Errno? {
    let answer = shim_faccessat(AT_FDCWD, path, X_OK, AT_EACCESS)
    guard isRefusal(answer) else { return answer < 0 ? Errno(rawValue: -answer) : nil }
    let older = shim_faccessat_plain(AT_FDCWD, path, X_OK)
    return older < 0 && !isRefusal(older) ? Errno(rawValue: -older) : nil
}

/// Whether a filter said it: the kernel has no EPERM for the question whether a file may be executed.
private func isRefusal(_ answer: CInt) -> Bool {
    answer == -Errno.ENOSYS.rawValue || answer == -Errno.EPERM.rawValue
}
