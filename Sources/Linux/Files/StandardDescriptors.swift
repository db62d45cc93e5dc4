import Base
import CShim

extension Descriptor {
    /// Makes descriptor `number` (0, 1 or 2) refer to this open file, as dup2(2) does. Unlike our other descriptors it
    /// stays open across execve(2).
    public borrowing func dup2(onto number: CInt) throws(Failure) {
        try dup3(self.number, onto: number)
        try check(shim_fcntl(number, F_SETFD, 0), "fcntl", "keep descriptor \(number) open")
    }
}

/// dup3(2), O_CLOEXEC: makes `number` another descriptor of the open file of `other`, which somebody else owns.
public func dup3(_ other: CInt, onto number: CInt) throws(Failure) {
    try check(shim_dup3(other, number), "dup3", "replace descriptor \(number)")
}

/// Returns a second descriptor of the open file at `number`, a standard descriptor (fcntl(2), F_DUPFD_CLOEXEC).
public func duplicate(standard number: CInt) throws(Failure) -> Descriptor {
    Descriptor(
        owning: try check(shim_fcntl(number, F_DUPFD_CLOEXEC, 3), "fcntl", "duplicate descriptor \(number)"))
}

/// fchownat(2): gives the file at `number`, a standard descriptor, to user `uid`; its group stays.
public func fchownat(standard number: CInt, uid: UInt32) throws(Failure) {
    try check(
        shim_fchownat(number, "", uid, .max, AT_EMPTY_PATH), "fchownat", "give descriptor \(number) to user \(uid)")
}

/// Whether our caller left `number` open for us. Descriptors that we open are close-on-exec; one that came through
/// execve(2) is not.
public func isInherited(_ number: CInt) -> Bool {
    let flags = shim_fcntl(number, F_GETFD, 0)
    return flags >= 0 && flags & FD_CLOEXEC == 0
}

/// Opens /dev/null at each of 0, 1 and 2 that our caller closed. Otherwise one of our own files would take the number,
/// and the container would get it as its input or output.
public func openMissingStandardDescriptors() throws(Failure) {
    for _ in 0..<(try closedStandardDescriptors()) {
        // open(2) takes the lowest free number, which is one of these.
        let opened = try open("/dev/null", .readWrite).release()
        try check(shim_fcntl(opened, F_SETFD, 0), "fcntl", "keep descriptor \(opened) open")
    }
}

/// Counts those of 0, 1 and 2 that are not open. One poll(2) without a wait checks all three (POLLNVAL).
private func closedStandardDescriptors() throws(Failure) -> Int {
    var entries = (
        shim_pollfd(fd: 0, events: 0, revents: 0), shim_pollfd(fd: 1, events: 0, revents: 0),
        shim_pollfd(fd: 2, events: 0, revents: 0)
    )
    let answer = withUnsafeMutablePointer(to: &entries) {
        $0.withMemoryRebound(to: shim_pollfd.self, capacity: 3) { shim_poll($0, 3, 0) }
    }
    try check(answer, "poll", "look at standard input, output and error")
    return [entries.0, entries.1, entries.2].count { $0.revents & CShort(POLLNVAL) != 0 }
}

/// fcntl(2), F_GETFL: whether `number`, a standard descriptor, was opened for writing.
public func isWritable(standard number: CInt) throws(Failure) -> Bool {
    let flags = try check(shim_fcntl(number, F_GETFL, 0), "fcntl", "look at descriptor \(number)")
    return flags & O_ACCMODE != O_RDONLY
}
