import Base
import Linux
import OCI

/// Sets one limit of `process.rlimits`. The host sets it, since it may have the privilege to raise one. Otherwise the
/// process itself sets it while it is still root.
struct ProcessLimit: HostWork, InsideWork {
    static var word: StaticString { "limit" }

    var resource: LimitedResource
    var soft: UInt64
    var hard: UInt64

    /// Returns all of `process.rlimits` in their order.
    ///
    /// - Throws: What `refuse` throws: ``Failure`` with the pointer of an unknown type, a type given twice (the spec:
    ///   MUST), or a soft limit above its hard one.
    static func list(
        _ limits: [Rlimit]?, pointer: String = "/process/rlimits", _ refuse: Refuse = throwing
    ) throws(Failure) -> [ProcessLimit] {
        var list: [ProcessLimit] = []
        for (index, limit) in (limits ?? []).enumerated() {
            let place = "\(pointer)/\(index)"
            guard let resource = LimitedResource(name: limit.type) else {
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

    var summary: String { "limit \(resource.name) to \(Self.words(soft)), at most \(Self.words(hard))" }

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

/// Writes `process.oomScoreAdj` to the first process's `oom_score_adj` (proc(5)), in the host, even if it is 0.
/// Without the property there is no such step, as the spec asks.
///
/// Without CAP_SYS_ADMIN the process itself does it, before it forbids tracing: then the file belongs to root.
struct OutOfMemoryScore: HostWork, InsideWork {
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
        session.warn(try perform(pid: "\(session.pid)", proc: session.proc))
    }

    /// The plan has warned already.
    func perform(_: inout InsideSide) throws(Failure) { _ = try perform(pid: "self", proc: try .host()) }

    /// - Parameters:
    ///   - pid: The process, as `proc` numbers it, or `self`.
    ///   - proc: The host's procfs.
    /// - Returns: A refusal that deserves only a warning, because the runtime is rootless; nil if the write succeeded.
    /// - Throws: ``Failure`` of `write` or `openat2`.
    func perform(pid: String, proc: borrowing Proc) throws(Failure) -> Failure? {
        do throws(Failure) { try proc.write("\(adjustment)", to: "\(pid)/oom_score_adj") } catch {
            guard isRootless, error.errno == .EACCES || error.errno == .EPERM else { throw error }
            return error
        }
        return nil
    }
}
