import Base
import Linux

/// Finds the terminal that the container's own will be shown at, before anything is made.
struct FindTerminal: HostWork {
    static var word: StaticString { "find-terminal" }

    var summary: String { "find our own terminal: stderr, stdout or stdin, else /dev/tty" }

    func perform(_ session: inout HostSide) throws(Failure) { session.hostTerminal = try HostTerminal.find() }
}

/// Connects to whoever gets the container's terminal.
struct ConnectConsole: HostWork {
    static var word: StaticString { "connect-console" }

    /// `--console-socket`, absolute.
    var path: String

    var summary: String { "connect to the console socket \(path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.console = try Receiver.connect(
            to: "the console socket", at: path, hint: "whoever wants the container's terminal must listen there")
    }
}

/// Hands the master of the container's terminal over: one message, with the terminal's name and the descriptor beside it.
struct HandOverTerminal: HostWork {
    static var word: StaticString { "hand-over-terminal" }

    /// `--console-socket`, absolute.
    var path: String

    var summary: String { "hand the terminal over to \(path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let name = "/dev/pts/\(try session.terminal.terminalNumber())"
        do throws(Failure) { try session.console.send(Array(name.utf8), passing: session.terminal) } catch {
            throw Failure("send the terminal to the console socket \(path)", cause: error.cause)
        }
        session.console = .none
        session.terminal = .none
    }
}
