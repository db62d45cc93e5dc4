import Base
import CShim
import OCI

/// What a filter returns for a call: an action with its errno, in 32 bits as the kernel encodes them (seccomp(2),
/// "Return value" of a filter; libseccomp's `SCMP_ACT_*` are the same numbers).
struct SeccompVerdict: Equatable {
    let rawValue: UInt32
    let action: SeccompAction

    /// The answer of a kernel that does not have the call.
    static let noSuchCall = SeccompVerdict(errno: .ENOSYS)

    /// - Parameters:
    ///   - action: The action in config.json.
    ///   - errno: Its errno in config.json; absent means EPERM.
    ///   - pointer: Where that errno is.
    /// - Throws: ``Failure`` for an errno with an action that takes none, and for one that is too large for the action.
    init(
        _ action: SeccompAction, errno: UInt32?, pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) {
        let largest: UInt32
        switch action {
        case .errno: largest = 4094  // below MAX_ERRNO; libseccomp takes no other
        case .trace: largest = SECCOMP_RET_DATA
        case .kill, .killThread, .killProcess, .trap, .allow, .log, .notify: largest = 0
        }
        if let errno {
            if largest == 0 {
                try refuse(
                    Failure(
                        "\(action.word) takes no errno, but \(errno) is given", pointer: pointer, code: .conflict))
            } else if errno > largest {
                try refuse(
                    Failure(
                        "\(action.word) takes an errno up to \(largest), not \(errno)", pointer: pointer,
                        code: .outOfRange))
            }
        }
        let data = errno ?? UInt32(Errno.EPERM.rawValue)
        switch action {
        case .kill, .killThread: rawValue = SECCOMP_RET_KILL_THREAD
        case .killProcess: rawValue = SECCOMP_RET_KILL_PROCESS
        case .trap: rawValue = SECCOMP_RET_TRAP
        case .errno: rawValue = SECCOMP_RET_ERRNO | data
        case .trace: rawValue = SECCOMP_RET_TRACE | data
        case .allow: rawValue = SECCOMP_RET_ALLOW
        case .log: rawValue = SECCOMP_RET_LOG
        case .notify: rawValue = SECCOMP_RET_USER_NOTIF
        }
        self.action = action
    }

    private init(errno: Errno) {
        rawValue = SECCOMP_RET_ERRNO | UInt32(errno.rawValue)
        action = .errno
    }

    /// Compares the numbers only: two of the words (`SCMP_ACT_KILL` and `SCMP_ACT_KILL_THREAD`) are one action to the
    /// kernel.
    static func == (one: SeccompVerdict, other: SeccompVerdict) -> Bool { one.rawValue == other.rawValue }

    /// The verdict in words: `errno 1`.
    var words: String {
        switch rawValue & SECCOMP_RET_ACTION_FULL {
        case SECCOMP_RET_KILL_THREAD: "kill the thread"
        case SECCOMP_RET_KILL_PROCESS: "kill the process"
        case SECCOMP_RET_TRAP: "trap"
        case SECCOMP_RET_ERRNO: "errno \(rawValue & SECCOMP_RET_DATA)"
        case SECCOMP_RET_TRACE: "trace \(rawValue & SECCOMP_RET_DATA)"
        case SECCOMP_RET_ALLOW: "allow"
        case SECCOMP_RET_LOG: "log"
        default: "notify"
        }
    }
}
