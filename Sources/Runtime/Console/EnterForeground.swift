import Base
import Linux

/// A step of `exec` in the foreground: hold signals back from here on, to pass them on to the program, and show its terminal at
/// ours. A signal that came before ends the runtime, and with it the process that has not become the program yet.
struct EnterForeground: HostWork {
    static var word: StaticString { "enter-foreground" }

    var summary: String { "hold signals back for the program, show its terminal at ours" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let terminal = exchange(&session.terminal, with: .none)
        let host = exchange(&session.hostTerminal, with: .none)
        session.foreground = try Foreground(try SignalDescriptor.all(), terminal: terminal, at: host)
    }
}
