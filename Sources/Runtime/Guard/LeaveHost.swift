import Base
import Linux

/// A step: what our caller said to the runtime, in arguments and environment, is overwritten before anybody in the container
/// can see this process.
struct ForgetCaller: InsideWork, ProcessWork {
    static var word: StaticString { "forget-caller" }

    var summary: String { "overwrite the runtime's arguments and environment" }

    func perform() { ThisProcess.forgetArguments(as: "apus init") }
}

/// A step before a succession: what is the host's is closed, for the child is born with what its parent has.
struct LeaveHost: InsideWork {
    static var word: StaticString { "leave-host" }

    /// Whether the standard streams stay, which the program gets; else it will have a terminal for them.
    var keepsStreams: Bool
    /// What the caller opened for the program.
    var kept = KeptDescriptors.none

    var summary: String {
        let streams = keepsStreams ? "but those of the program" : "and the caller's standard streams"
        return "close every descriptor of the host, \(streams)"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.closeHostFiles()
        // None may be closed: what is opened next would get its number, and pass for a stream of the program.
        if !keepsStreams { for number in CInt(0)...2 { try dup3(session.channel.number, onto: number) } }
        try ThisProcess.closeRange(above: kept.last, except: session.numbers)
    }
}
