import Base
import CShim

extension Descriptor {
    /// Makes a copy of this program's file in memory that nobody can change any more (memfd_create(2), F_ADD_SEALS), open
    /// for reading and executing only: the kernel executes no file that is open for writing.
    ///
    /// - Throws: ``Failure`` of `memfd_create`, also on a host with `vm.memfd_noexec` at 2, of `read` and `write`.
    public borrowing func sealedProgram(_ name: String, _ proc: borrowing Proc) throws(Failure) -> Descriptor {
        var answer = shim_memfd_create(name, UInt32(MFD_ALLOW_SEALING) | MFD_EXEC)
        // MFD_EXEC came with Linux 6.3. Before, every such file can be executed.
        if answer == -Errno.EINVAL.rawValue { answer = shim_memfd_create(name, UInt32(MFD_ALLOW_SEALING)) }
        let copy = Descriptor(owning: try check(answer, "memfd_create", "make the memory file \(name)"))
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var failure: Failure?
        buffer.withUnsafeMutableBytes { bytes in
            do throws(Failure) {
                while true {
                    let count = try read(into: bytes)
                    guard count > 0 else { return }
                    try copy.write(UnsafeRawBufferPointer(rebasing: bytes[..<count]), name)
                }
            } catch { failure = error }
        }
        if let failure { throw failure }
        try check(shim_fcntl(copy.number, SHIM_ADD_SEALS, Int(SHIM_EVERY_SEAL)), "fcntl", "seal \(name)")
        return try proc.follow("self/fd/\(copy.number)", .readOnly)
    }

    /// Whether the file is in memory and nobody can change it any more.
    public borrowing func isSealed() -> Bool {
        let seals = shim_fcntl(number, SHIM_GET_SEALS, 0)
        return seals >= 0 && seals & SHIM_EVERY_SEAL == SHIM_EVERY_SEAL
    }
}
