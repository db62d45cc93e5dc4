import Base
import CShim

extension Descriptor {
    /// Waits until the kernel says that the file changed since it was last read (poll(2), POLLPRI), as files of sysfs
    /// and `cgroup.events` do.
    ///
    /// - Parameter milliseconds: How long at most; a signal may end the wait early.
    public borrowing func waitForNotice(within milliseconds: Int) {
        var entry = shim_poll(fd: number, events: CShort(POLLPRI), happened: 0)
        _ = shim_poll(&entry, 1, CInt(clamping: max(milliseconds, 0)))
    }

    /// Reads a small file from its beginning again, at most `limit` bytes.
    public borrowing func readAgain(limit: Int, _ what: @autoclosure () -> String) throws(Failure) -> [UInt8] {
        let number = self.number
        var answer = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            answer = uninterrupted { shim_pread(number, buffer.baseAddress, limit, 0) }
            count = max(answer, 0)
        }
        try check(answer, "pread", "read \(what())")
        return bytes
    }
}

/// Waits until the kernel says that one of two files changed since it was last read (poll(2), POLLPRI).
///
/// - Parameters:
///   - other: May be ``Descriptor/none``.
///   - milliseconds: How long at most; a signal may end the wait early.
public func waitForNotice(of one: borrowing Descriptor, or other: borrowing Descriptor, within milliseconds: Int) {
    var entries = [
        shim_poll(fd: one.number, events: CShort(POLLPRI), happened: 0),
        shim_poll(fd: other.number, events: CShort(POLLPRI), happened: 0),
    ]
    _ = shim_poll(&entries, 2, CInt(clamping: max(milliseconds, 0)))
}
