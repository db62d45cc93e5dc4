import Base
import CShim
import Linux
import OCI

/// A step: `process.ioPriority`, set by the host for init's process group, which all that it starts inherits.
struct SetIOPriority: Equatable {
    var priority: IOPriority

    /// - Throws: ``Failure`` for a level that is none.
    init(
        _ priority: IOPriority, pointer: String = "/process/ioPriority", _ refuse: Refuse = throwing
    ) throws(Failure) {
        if !(0...7).contains(priority.priority) {
            try refuse(
                Failure(
                    "an I/O priority is from 0 to 7, not \(priority.priority)", pointer: "\(pointer)/priority",
                    code: .outOfRange))
        }
        self.priority = priority
    }

    var summary: String { "I/O priority \(priority.priority) of \(priority.class.word)" }

    /// - Parameter pid: The container's first process, as the host numbers it; it leads its process group.
    /// - Throws: ``Failure`` of `ioprio_set`.
    func perform(pid: Int32) throws(Failure) {
        let kind: CInt =
            switch priority.class {
            case .realTime: CInt(IOPRIO_CLASS_RT)
            case .bestEffort: CInt(IOPRIO_CLASS_BE)
            case .idle: CInt(IOPRIO_CLASS_IDLE)
            }
        try Scheduling.ioprioSet(kind: kind, level: priority.priority, ofGroup: pid)
    }
}
