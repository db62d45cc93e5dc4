import Base
import Linux

/// Makes the terminal the controlling one of the process's session, and its standard input, output and error.
struct ControlTerminal: InsideWork {
    static var word: StaticString { "control-terminal" }

    var summary: String { "take the terminal as controlling terminal, and as standard input, output and error" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.terminalPeer.becomeControllingTerminal()
        for number in CInt(0)...2 { try replace(number, by: session.terminalPeer) }
        session.terminalPeer = .none
    }
}
