import Base
import Linux

/// Closes what belongs to the host. This comes before a succession, because the child inherits its parent's
/// descriptors.
struct LeaveHost: InsideWork {
    static var word: StaticString { "leave-host" }

    /// Whether the standard streams stay, because the program gets them. Otherwise the program will have a terminal
    /// instead.
    var keepsStreams: Bool
    /// The descriptors that the caller opened for the program.
    var kept = KeptDescriptors.none

    var summary: String {
        let streams = keepsStreams ? "but those of the program" : "and the caller's standard streams"
        return "close every descriptor of the host, \(streams)"
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        session.closeHostFiles()
        // Replace these three, do not close them: the next file opened would get a free number and pass for a stream of
        // the program.
        if !keepsStreams { for number in CInt(0)...2 { try dup3(session.channel.number, onto: number) } }
        try ThisProcess.closeRange(above: kept.last, except: session.numbers)
    }
}
