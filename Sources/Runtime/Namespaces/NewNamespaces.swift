import Base
import Linux

/// Becomes user and group 0 of the user namespace: until then init has no ids there, and the files it makes would have none.
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
        // A change of ids may set it again (prctl(2), PR_SET_DUMPABLE).
        try ThisProcess.forbidTracing()
    }
}

/// Sets the loopback device of the new network namespace up; it is born down.
struct RaiseLoopback: InsideWork, ProcessWork {
    static var word: StaticString { "raise-loopback" }

    var summary: String { "set the network device lo up" }

    func perform() throws(Failure) { try setDeviceUp("lo") }
}

/// A step: `hostname` or `domainname`, in the container's own UTS namespace.
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

/// init leads a session of its own, has no file mode mask while it makes things for the container, and is called what it is.
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
