import Base
import Linux
import OCI

extension ContainerFolder {
    /// The container's status, worked out from what the kernel says now, so that it cannot be stale (runtime.md, "State").
    ///
    /// A pid whose process started at another time is another process: the pid was used again.
    borrowing func status(of record: StateFile?, proc: borrowing Proc) throws(Failure) -> State.Status {
        guard let record, let pid = record.pid else { return .creating }
        guard let start = try proc.start(of: pid), start.time == record.start, !start.hasEnded else { return .stopped }
        if let cgroup = record.cgroup, try Cgroup.isFrozen(at: cgroup) { return .paused }
        return try hasGate() ? .created : .running
    }
}
