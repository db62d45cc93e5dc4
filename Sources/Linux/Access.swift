import Base
import CShim

/// faccessat2(2), `X_OK` with `AT_EACCESS`: why the calling process, with its effective ids and capabilities, may not
/// execute `path`; nil where it may. A `noexec` mount is EACCES too.
public func executionError(_ path: String) -> Errno? {
    let currentDirectory: CInt = -100, mayExecute: CInt = 1, effectiveIDs: CInt = 0x200
    let answer = shim_faccessat(currentDirectory, path, mayExecute, effectiveIDs)
    return answer < 0 ? Errno(rawValue: -answer) : nil
}
