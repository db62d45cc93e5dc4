import Base
import Linux
import OCI

/// Writes `process.oomScoreAdj` to the first process's `oom_score_adj` (proc(5)), in the host, even if it is 0.
/// Without the property there is no such step, as the spec asks.
struct OutOfMemoryScore: HostWork {
    static var word: StaticString { "adjust-oom-score" }

    /// -1000 (never killed) to 1000.
    var adjustment: Int
    /// Whether the kernel may refuse a value below the present one, because the runtime lacks CAP_SYS_RESOURCE on the
    /// host.
    var isRootless: Bool

    /// - Throws: ``Failure`` for a value that the kernel does not accept.
    init(adjustment: Int, isRootless: Bool, pointer: String = "/process/oomScoreAdj") throws(Failure) {
        guard adjustment >= -1000, adjustment <= 1000 else {
            throw Failure(
                "oomScoreAdj is from -1000 to 1000, not \(adjustment)", pointer: pointer, code: .outOfRange)
        }
        self.adjustment = adjustment
        self.isRootless = isRootless
    }

    var summary: String { "oom_score_adj \(adjustment)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.warn(try perform(pid: session.pid, proc: session.proc))
    }

    /// - Parameters:
    ///   - pid: The container's first process, as `proc` numbers it.
    ///   - proc: The host's procfs.
    /// - Returns: A refusal that deserves only a warning, because the runtime is rootless; nil if the write succeeded.
    /// - Throws: ``Failure`` of `write` or `openat2`.
    func perform(pid: Int32, proc: borrowing Proc) throws(Failure) -> Failure? {
        do throws(Failure) { try proc.write("\(adjustment)", to: "\(pid)/oom_score_adj") } catch {
            guard isRootless, error.errno == .EACCES || error.errno == .EPERM else { throw error }
            return error
        }
        return nil
    }
}
