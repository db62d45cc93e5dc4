import Base
import CShim

extension Descriptor {
    /// Whether there is something to read, or the other side is gone (poll(2), POLLIN), waiting for at most `milliseconds`.
    public borrowing func isReadable(within milliseconds: Int) -> Bool {
        var entry = shim_poll(fd: number, events: CShort(POLLIN), happened: 0)
        return uninterrupted { shim_poll(&entry, 1, CInt(milliseconds)) } > 0
    }

    /// Waits until one of two descriptors can be read, or its other side is gone (poll(2), POLLIN).
    ///
    /// - Parameter milliseconds: How long at most; nil for ever.
    /// - Returns: Whether this one, and whether the other one can be read; neither if the time is over.
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

    /// Waits until the kernel says that the file changed since it was last read (poll(2), POLLPRI), as files of sysfs
    /// and `cgroup.events` do.
    ///
    /// - Parameter milliseconds: How long at most; a signal may end the wait early.
    public borrowing func waitForNotice(within milliseconds: Int) {
        var entry = shim_poll(fd: number, events: CShort(POLLPRI), happened: 0)
        _ = shim_poll(&entry, 1, CInt(clamping: max(milliseconds, 0)))
    }

    /// The same for two files, of which one is enough.
    ///
    /// - Parameters:
    ///   - other: May be ``Descriptor/none``.
    ///   - milliseconds: How long at most; a signal may end the wait early.
    public borrowing func waitForNotice(or other: borrowing Descriptor, within milliseconds: Int) {
        var entries = [
            shim_poll(fd: number, events: CShort(POLLPRI), happened: 0),
            shim_poll(fd: other.number, events: CShort(POLLPRI), happened: 0),
        ]
        _ = shim_poll(&entries, 2, CInt(clamping: max(milliseconds, 0)))
    }
}
