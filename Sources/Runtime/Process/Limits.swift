import Base
import Linux
import OCI

/// A step: one limit of `process.rlimits`. The host sets it, which may have the privilege to raise one; else the process
/// itself does while it is still root.
struct ProcessLimit: HostWork, InsideWork {
    static var word: StaticString { "limit" }

    var resource: LimitedResource
    var soft: UInt64
    var hard: UInt64

    /// All of `process.rlimits` in their order.
    ///
    /// - Throws: What `refuse` throws: ``Failure`` with the pointer of an unknown type, a type given twice (the spec: MUST), or a soft limit
    ///   above its hard one.
    static func list(
        _ limits: [Rlimit]?, pointer: String = "/process/rlimits", _ refuse: Refuse = throwing
    ) throws(Failure) -> [ProcessLimit] {
        var list: [ProcessLimit] = []
        for (index, limit) in (limits ?? []).enumerated() {
            let place = "\(pointer)/\(index)"
            guard let resource = LimitedResource(word: limit.type) else {
                try refuse(
                    Failure("wrong rlimit value: \(limit.type)", pointer: "\(place)/type", code: .unknownValue))
                continue
            }
            if list.contains(where: { $0.resource == resource }) {
                try refuse(
                    Failure("\(limit.type) is given twice", pointer: "\(place)/type", code: .duplicateRlimit))
            }
            if limit.soft > limit.hard {
                try refuse(
                    Failure(
                        "\(limit.type): the soft limit \(limit.soft) is above the hard limit \(limit.hard)",
                        pointer: "\(place)/soft", code: .conflict))
            }
            list.append(ProcessLimit(resource: resource, soft: limit.soft, hard: limit.hard))
        }
        return list
    }

    var summary: String { "limit \(resource.word) to \(Self.words(soft)), at most \(Self.words(hard))" }

    func perform(_ session: inout HostSide) throws(Failure) { try perform(pid: session.pid) }
    func perform(_: inout InsideSide) throws(Failure) { try perform(pid: 0) }

    /// - Parameter pid: The process, as the host numbers it; 0 for the caller itself.
    /// - Throws: ``Failure`` of `prlimit`.
    func perform(pid: Int32) throws(Failure) {
        do throws(Failure) { try resource.prlimit(pid: pid, soft: soft, hard: hard) } catch {
            guard error.errno == .EPERM else { throw error }
            throw error.hinting(
                resource == .openFiles
                    ? "the hard limit is above the runtime's own, or above /proc/sys/fs/nr_open"
                    : "the hard limit is above the runtime's own, which needs CAP_SYS_RESOURCE")
        }
    }

    private static func words(_ limit: UInt64) -> String { limit == .max ? "unlimited" : "\(limit)" }
}

/// A step: `process.oomScoreAdj`, written by the host to the first process's `oom_score_adj` (proc(5)), also where it
/// is 0; without the property nothing is planned, as the spec asks.
struct OutOfMemoryScore: HostWork {
    static var word: StaticString { "adjust-oom-score" }

    /// -1000 (never killed) to 1000.
    var adjustment: Int
    /// Whether the kernel may refuse to go below the present value, for want of CAP_SYS_RESOURCE on the host.
    var isRootless: Bool

    /// - Throws: ``Failure`` for a value that the kernel does not take.
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
    /// - Returns: A refusal that is only worth a warning, as a rootless runtime meets it; nil where all is well.
    /// - Throws: ``Failure`` of `write` or `openat2`.
    func perform(pid: Int32, proc: borrowing Proc) throws(Failure) -> Failure? {
        do throws(Failure) { try proc.write("\(adjustment)", to: "\(pid)/oom_score_adj") } catch {
            guard isRootless, error.errno == .EACCES || error.errno == .EPERM else { throw error }
            return error
        }
        return nil
    }
}
