import Base
import Linux

/// Makes the terminal the controlling one of the process's session, and its standard input, output and error.
struct ControlTerminal: Equatable {
    var summary: String { "take the terminal as controlling terminal, and as standard input, output and error" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        try session.terminalPeer.becomeControllingTerminal()
        for number in CInt(0)...2 { try session.terminalPeer.dup2(onto: number) }
        session.terminalPeer = .none
    }
}
