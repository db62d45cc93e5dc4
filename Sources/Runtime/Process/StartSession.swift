import Base
import Linux

/// Makes init the leader of a new session, names it, resets its signals, and clears its umask while it makes files for
/// the container.
struct StartSession: InsideWork, ProcessWork {
    static var word: StaticString { "start-session" }

    /// The signals that the runtime and its caller ignore: signal N is bit N-1. The kernel resets none of them, but all
    /// that have a handler (clone(2), CLONE_CLEAR_SIGHAND).
    var ignoredSignals: UInt64

    var summary: String { "start a session" }

    func perform() throws(Failure) {
        ThisProcess.setName("apus:[init]")
        Signals.restoreDefaults(of: ignoredSignals)
        Signals.unblockAll()
        ThisProcess.umask(0)
        try ThisProcess.setsid()
    }
}

/// Makes a session keyring for the container. The caller's keyring, with the keys of the user who logged in on the
/// host, stays outside.
///
/// Its name is the one that runc uses, so that a later process of the container can join it.
struct SessionKeyring: InsideWork, ProcessWork {
    static var word: StaticString { "join-keyring" }

    /// `_ses.ID`
    var name: String
    var searcher: Keyring.Searcher

    /// Whether the kernel may refuse it, because we are not the host's root: then the container stays in the caller's,
    /// whose keys its root, the caller, could read anyway.
    var isOptional = false

    init(_ id: ContainerID, isInUserNamespace: Bool, isOptional: Bool = false) {
        self.isOptional = isOptional
        name = "_ses.\(id.text)"
        searcher = isInUserNamespace ? .anybody : .owner
    }

    var summary: String { "join the session keyring \(name), if the kernel has keyrings" }

    func perform() throws(Failure) {
        do throws(Failure) { try Keyring.joinSession(name, searchableBy: searcher) } catch {
            // Without keyrings there is nothing to keep out.
            guard error.errno != .ENOSYS else { return }
            if isOptional, error.errno == .EPERM || error.errno == .EACCES { return }
            throw error.hinting("--no-new-keyring leaves the container in its caller's session keyring")
        }
    }
}
