import Base
import Linux

/// init leads a session of its own, has no file mode mask while it makes things for the container, and is called what it is.
struct StartSession: InsideWork, ProcessWork {
    static var word: StaticString { "start-session" }

    var summary: String { "start a session" }

    func perform() throws(Failure) {
        ProcessAttribute.setName("apus:[init]")
        Signals.ignoreNone()
        Signals.holdNone()
        ProcessAttribute.setMask(0)
        try ProcessAttribute.startSession()
    }
}
