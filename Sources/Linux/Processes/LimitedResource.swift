import Base
import CShim

/// A resource that getrlimit(2) can limit.
public enum LimitedResource: Equatable, Sendable, CaseIterable {
    case cpu, fileSize, data, stack, core, residentSet, processes, openFiles, lockedMemory, addressSpace, locks
    case pendingSignals, messageQueues, nice, realtimePriority, realtimeTime

    /// The name in getrlimit(2) and config.json: `RLIMIT_NOFILE`.
    public var name: String { "\(entry.name)" }

    /// The kernel's number.
    var number: CInt { entry.number }

    private var entry: (name: StaticString, number: CInt) {
        switch self {
        case .cpu: ("RLIMIT_CPU", RLIMIT_CPU)
        case .fileSize: ("RLIMIT_FSIZE", RLIMIT_FSIZE)
        case .data: ("RLIMIT_DATA", RLIMIT_DATA)
        case .stack: ("RLIMIT_STACK", RLIMIT_STACK)
        case .core: ("RLIMIT_CORE", RLIMIT_CORE)
        case .residentSet: ("RLIMIT_RSS", RLIMIT_RSS)
        case .processes: ("RLIMIT_NPROC", RLIMIT_NPROC)
        case .openFiles: ("RLIMIT_NOFILE", RLIMIT_NOFILE)
        case .lockedMemory: ("RLIMIT_MEMLOCK", RLIMIT_MEMLOCK)
        case .addressSpace: ("RLIMIT_AS", RLIMIT_AS)
        case .locks: ("RLIMIT_LOCKS", RLIMIT_LOCKS)
        case .pendingSignals: ("RLIMIT_SIGPENDING", RLIMIT_SIGPENDING)
        case .messageQueues: ("RLIMIT_MSGQUEUE", RLIMIT_MSGQUEUE)
        case .nice: ("RLIMIT_NICE", RLIMIT_NICE)
        case .realtimePriority: ("RLIMIT_RTPRIO", RLIMIT_RTPRIO)
        case .realtimeTime: ("RLIMIT_RTTIME", RLIMIT_RTTIME)
        }
    }

    /// Finds a resource by its name; nil for a name that getrlimit(2) does not have.
    public init?(name: String) {
        guard let resource = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = resource
    }

    /// prlimit(2): limits the resource of another process, or of the caller if `pid` is 0.
    ///
    /// - Parameters:
    ///   - pid: The process, as the caller's pid namespace numbers it.
    ///   - soft: The limit that the kernel enforces; `UInt64.max` is no limit.
    ///   - hard: How far the process itself may raise the soft limit.
    /// - Throws: ``Failure`` of `prlimit`: EPERM for a hard limit above the current one without CAP_SYS_RESOURCE.
    public func prlimit(pid: Int32, soft: UInt64, hard: UInt64) throws(Failure) {
        try check(shim_prlimit(pid, number, soft, hard), "prlimit", "set \(name)")
    }
}
