import Base
import Linux

/// A step of `exec` in the foreground: hold signals back from here on, to pass them on to the program. One that came before
/// ends the runtime, and with it the process that has not become the program yet.
struct HoldSignals: Equatable {
    var summary: String { "hold signals back, for the program" }

    func perform(_ session: inout HostSession) throws(Failure) { session.signals = try SignalDescriptor.all() }
}

/// A step of `exec`: wait until the process has become its program.
struct AwaitProgram: Equatable {
    var summary: String { "wait until the program runs" }

    func perform(_ session: inout HostSession) throws(Failure) { try session.channel.expectEnd() }
}
