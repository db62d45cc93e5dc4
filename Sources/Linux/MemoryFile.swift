import Base
import CShim

/// memfd_create(2): an empty file without a name, open for reading and writing, gone when it is closed.
///
/// It is made not executable where the kernel knows how to (`MFD_NOEXEC_SEAL`, Linux 6.3), because hosts with
/// `vm.memfd_noexec` at 2 refuse any other; an older kernel answers EINVAL and is asked again without.
///
/// - Parameters:
///   - name: What /proc/PID/fd shows; at most 249 bytes.
/// - Throws: ``Failure`` of `memfd_create`.
public func memoryFile(_ name: String) throws(Failure) -> Descriptor {
    var answer = shim_memfd_create(name, MFD_NOEXEC_SEAL)
    if answer == -Errno.EINVAL.rawValue { answer = shim_memfd_create(name, 0) }
    return Descriptor(owning: try check(answer, "memfd_create", "make the memory file \(name)"))
}

extension Descriptor {
    /// lseek(2): the next read or write is at the first byte.
    public borrowing func rewind() throws(Failure) {
        try check(shim_lseek(number, 0, SEEK_SET), "lseek", "go back to the start of descriptor \(number)")
    }
}
