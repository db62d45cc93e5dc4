import Base
import Linux

/// Makes init the leader of a new session, names it, resets its signals, and clears its umask while it makes files for
/// the container.
struct StartSession: InsideWork, ProcessWork {
    static var word: StaticString { "start-session" }

    var summary: String { "start a session" }

    func perform() throws(Failure) {
        ThisProcess.setName("apus:[init]")
        Signals.restoreDefaults()
        Signals.unblockAll()
        ThisProcess.umask(0)
        try ThisProcess.setsid()
    }
}
