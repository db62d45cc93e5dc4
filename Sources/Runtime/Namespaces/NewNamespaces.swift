import Base
import Linux

/// Becomes user and group 0 of the user namespace. Until then init's ids are not mapped there, and the files it makes
/// would have no owner.
struct BecomeRoot: InsideWork, ProcessWork {
    static var word: StaticString { "become-root" }

    var summary: String { "become user 0 of the user namespace" }

    func perform() throws(Failure) {
        do throws(Failure) {
            try Identity.setresgid(0)
            try Identity.setresuid(0)
        } catch {
            throw error.hinting("the mappings must give the container a user 0 and a group 0")
        }
        // A change of ids may make us dumpable again (prctl(2), PR_SET_DUMPABLE).
        try ThisProcess.forbidTracing()
    }
}

/// Sets the loopback device of the new network namespace up. The kernel makes it down.
struct RaiseLoopback: InsideWork, ProcessWork {
    static var word: StaticString { "raise-loopback" }

    var summary: String { "set the network device lo up" }

    func perform() throws(Failure) { try setDeviceUp("lo") }
}

/// Sets `hostname` or `domainname` in the container's own UTS namespace.
enum SetName: InsideWork, ProcessWork {
    static var word: StaticString { "set-name" }

    case host(String)
    case domain(String)

    var summary: String {
        switch self {
        case .host(let name): "set the hostname to \(name)"
        case .domain(let name): "set the domainname to \(name)"
        }
    }

    func perform() throws(Failure) {
        switch self {
        case .host(let name): try ThisProcess.sethostname(name)
        case .domain(let name): try ThisProcess.setdomainname(name)
        }
    }
}

/// Makes init the leader of a new session, names it, resets its signals, and clears its umask while it makes files for
/// the container.
struct StartSession: InsideWork, ProcessWork {
    static var word: StaticString { "start-session" }

    var summary: String { "start a session" }

    func perform() throws(Failure) {
        ThisProcess.setName("apus:[init]")
        Signals.ignoreNone()
        Signals.holdNone()
        ThisProcess.umask(0)
        try ThisProcess.setsid()
    }
}
