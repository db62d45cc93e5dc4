import Base
import Linux

/// init leads a session of its own, has no file mode mask while it makes things for the container, and is called what it is.
struct StartSession: Equatable {
    var summary: String { "start a session" }

    func perform() throws(Failure) {
        ThisProcess.setName("apus:[init]")
        Signals.ignoreNone()
        Signals.holdNone()
        ThisProcess.umask(0)
        try ThisProcess.setsid()
    }
}
