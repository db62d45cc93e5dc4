import Base
import CShim

extension Descriptor {
    /// Waits for at most `milliseconds`; returns whether there is something to read, or the other side is gone
    /// (poll(2), POLLIN).
    public borrowing func isReadable(within milliseconds: Int) -> Bool {
        var entry = shim_poll(fd: number, events: CShort(POLLIN), happened: 0)
        return uninterrupted { shim_poll(&entry, 1, CInt(milliseconds)) } > 0
    }

    /// Waits until one of two descriptors can be read, or its other side is gone (poll(2), POLLIN).
    ///
    /// - Parameter milliseconds: The longest wait; nil for no limit.
    /// - Returns: Whether this one, and whether the other one can be read; neither after the longest wait.
    public borrowing func waitToRead(
        or other: CInt, within milliseconds: Int? = nil
    ) throws(Failure) -> (this: Bool, other: Bool) {
        var entries = (
            shim_poll(fd: number, events: CShort(POLLIN), happened: 0),
            shim_poll(fd: other, events: CShort(POLLIN), happened: 0)
        )
        let answer = withUnsafeMutablePointer(to: &entries) {
            $0.withMemoryRebound(to: shim_poll.self, capacity: 2) { entries in
                uninterrupted { shim_poll(entries, 2, milliseconds.map { CInt(clamping: $0) } ?? -1) }
            }
        }
        try check(answer, "poll", "wait")
        return (entries.0.happened != 0, entries.1.happened != 0)
    }

    /// Waits until the kernel reports that the file has changed since it was last read (poll(2), POLLPRI), as it does
    /// for files of sysfs and for `cgroup.events`.
    ///
    /// - Parameter milliseconds: The longest wait; a signal may end it early.
    public borrowing func waitForChange(within milliseconds: Int) {
        var entry = shim_poll(fd: number, events: CShort(POLLPRI), happened: 0)
        _ = shim_poll(&entry, 1, CInt(clamping: max(milliseconds, 0)))
    }

    /// Waits in the same way until one of two files has changed.
    ///
    /// - Parameters:
    ///   - other: The second file; may be ``Descriptor/none``.
    ///   - milliseconds: The longest wait; a signal may end it early.
    public borrowing func waitForChange(or other: borrowing Descriptor, within milliseconds: Int) {
        var entries = [
            shim_poll(fd: number, events: CShort(POLLPRI), happened: 0),
            shim_poll(fd: other.number, events: CShort(POLLPRI), happened: 0),
        ]
        _ = shim_poll(&entries, 2, CInt(clamping: max(milliseconds, 0)))
    }
}
