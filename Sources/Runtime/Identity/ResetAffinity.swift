import Base
import Linux

/// A step: init may run on every processor that its cgroup gives it, wherever the runtime's caller was pinned to.
struct ResetAffinity: InsideWork, ProcessWork {
    static var word: StaticString { "reset-affinity" }

    var summary: String { "allow every processor of the cgroup" }

    /// - Throws: ``Failure`` of `sched_setaffinity`, but where the call is hidden from us: then nobody pinned us by it.
    func perform() throws(Failure) {
        do throws(Failure) { try Scheduling.allowAllProcessors() } catch  where error.errno == .ENOSYS {}
    }
}
