import Base
import CShim

extension Descriptor {
    /// The status flags of the open file (fcntl(2), F_GETFL), which all that have a copy of the descriptor share.
    public borrowing func statusFlags() throws(Failure) -> OpenFlags {
        OpenFlags(rawValue: try check(shim_fcntl(number, F_GETFL, 0), "fcntl", "look at descriptor \(number)"))
    }

    /// F_SETFL: of the flags only O_APPEND and O_NONBLOCK count here.
    public borrowing func set(statusFlags flags: OpenFlags) throws(Failure) {
        try check(shim_fcntl(number, F_SETFL, Int(flags.rawValue)), "fcntl", "set the flags of descriptor \(number)")
    }

    /// write(2), once.
    ///
    /// - Returns: How many bytes went.
    /// - Throws: ``Failure``: EAGAIN where there is no room now, and the descriptor does not wait.
    public borrowing func writeOnce(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
        let number = self.number
        return try check(
            uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) }, "write", "write descriptor \(number)")
    }
}
