import Base
import Linux

/// A step of `exec`: `process.execCPUAffinity`: the runtime's own processors before the process is born in the container's
/// cgroup (`initial`), or those of the process once it is there (`final`).
struct SetAffinity: Equatable {
    /// As config.json lists them.
    var text: String
    private var mask: [UInt64]

    /// - Returns: nil for a list that is none.
    init?(_ text: String) {
        guard let list = NumberList(text) else { return nil }
        self.text = text
        mask = list.mask
    }

    var summary: String { "run on the processors \(text)" }

    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL where none of them is there, or in the cgroup.
    func perform() throws(Failure) {
        do throws(Failure) { try Scheduling.schedSetaffinity(mask) } catch {
            throw error.hinting(error.errno == .EINVAL ? "none of \(text) is there, or in the container's cpuset" : nil)
        }
    }
}
