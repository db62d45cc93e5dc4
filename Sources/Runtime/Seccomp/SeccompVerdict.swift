import Base
import OCI

/// What a filter answers for one call: an action with its errno, as the kernel encodes both in 32 bits
/// (seccomp(2), "Return value" of a filter; libseccomp's `SCMP_ACT_*` are the same numbers).
struct SeccompVerdict: Equatable {
    let rawValue: UInt32
    let action: SeccompAction

    /// The kernel's own answer for a call that it does not have.
    static let noSuchCall = SeccompVerdict(errno: .ENOSYS)

    /// - Parameters:
    ///   - action: The action of config.json.
    ///   - errno: Its errno as config.json has it; absent means EPERM.
    ///   - pointer: Where that errno stands.
    /// - Throws: ``Failure`` for an errno beside an action that has none, and for one that the action cannot carry.
    init(
        _ action: SeccompAction, errno: UInt32?, pointer: String, _ refuse: Refuse = throwing
    ) throws(Failure) {
        let largest: UInt32
        switch action {
        case .errno: largest = 4094  // below MAX_ERRNO; libseccomp takes no other
        case .trace: largest = 65535
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
        case .kill, .killThread: rawValue = 0
        case .killProcess: rawValue = 0x8000_0000
        case .trap: rawValue = 0x0003_0000
        case .errno: rawValue = 0x0005_0000 | data
        case .trace: rawValue = 0x7FF0_0000 | data
        case .allow: rawValue = 0x7FFF_0000
        case .log: rawValue = 0x7FFC_0000
        case .notify: rawValue = 0x7FC0_0000
        }
        self.action = action
    }

    private init(errno: Errno) {
        rawValue = 0x0005_0000 | UInt32(errno.rawValue)
        action = .errno
    }

    /// Two actions may be one to the kernel.
    static func == (one: SeccompVerdict, other: SeccompVerdict) -> Bool { one.rawValue == other.rawValue }

    /// What a call meets, for people: `errno 1`.
    var words: String {
        switch rawValue & 0xFFFF_0000 {
        case 0: "kill the thread"
        case 0x8000_0000: "kill the process"
        case 0x0003_0000: "trap"
        case 0x0005_0000: "errno \(rawValue & 0xFFFF)"
        case 0x7FF0_0000: "trace \(rawValue & 0xFFFF)"
        case 0x7FFF_0000: "allow"
        case 0x7FFC_0000: "log"
        default: "notify"
        }
    }
}
