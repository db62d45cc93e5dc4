import Base
import Linux

/// Waits, for `exec`, until the process has become its program.
struct AwaitProgram: HostWork {
    static var word: StaticString { "await-program" }

    var summary: String { "wait until the program runs" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.waitForWord()
        try session.channel.expectEnd()
    }
}
