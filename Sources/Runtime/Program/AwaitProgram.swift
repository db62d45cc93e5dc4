import Base
import CShim
import Linux

/// Waits, for `exec` and `run`, until the process has become its program.
struct AwaitProgram: HostWork {
    static var word: StaticString { "await-program" }

    var summary: String { "wait until the program runs" }

    func perform(_ session: inout HostSide) throws(Failure) {
        try session.waitForWord()
        try session.channel.expectEnd()
    }
}

/// Prepares `exec` in the foreground: blocks signals from here on, to pass them on to the program, and shows its
/// terminal in ours. A signal that comes before this step ends the runtime, and with it the process, which is not yet
/// the program.
struct EnterForeground: HostWork {
    static var word: StaticString { "enter-foreground" }

    var summary: String { "hold signals back for the program, show its terminal at ours" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let terminal = exchange(&session.terminal, with: .none)
        let host = exchange(&session.hostTerminal, with: .none)
        session.foreground = try Foreground(try SignalDescriptor.allButFaults(), terminal: terminal, at: host)
    }
}
