import Base
import Linux

/// Closes the rest of the runtime's descriptors, loads the seccomp filter, and becomes the program. It is the last
/// step.
struct Execute: InsideWork {
    static var word: StaticString { "execute" }
    static var isLast: Bool { true }

    var confinement = Confinement()
    /// The descriptors that stay open.
    var kept = KeptDescriptors.none
    /// Whether config.json has a seccomp profile, which may forbid execve(2) itself.
    var isFiltered = false

    var summary: String {
        "close every descriptor from \(kept.last + 1) on, \(confinement.summary)execve"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        // Closed by number, and now: a path of the program could lead through a descriptor that only execve closes
        // (CVE-2024-21626). One stays open for a last message, to `start`, or without it to the host. Both are
        // close-on-exec.
        try ThisProcess.closeRange(
            above: kept.last, except: [session.starter.isOpen ? session.starter.number : session.channel.number])
        // No memory is allocated after this: the filter may forbid the calls for it.
        let last = confinement.grant?.sets
        if confinement.loadsFilter, let filter = session.filter {
            do throws(Failure) { try filter.load() } catch { throw error.at("/linux/seccomp") }
        }
        if let last { try last.reduce() }
        let failure = session.launch.execute()
        guard isFiltered, failure.errno == .EPERM || failure.errno == .ENOSYS else { throw failure }
        throw failure.hinting("the seccomp profile, /linux/seccomp, may not allow execve")
    }
}
