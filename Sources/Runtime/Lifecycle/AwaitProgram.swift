import Base
import Linux

/// A step of `exec`: wait until the process has become its program.
struct AwaitProgram: HostWork {
    static var word: StaticString { "await-program" }

    var summary: String { "wait until the program runs" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.waitForWord()
        try session.channel.expectEnd()
    }
}
