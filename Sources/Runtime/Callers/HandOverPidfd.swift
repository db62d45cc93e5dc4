import Base
import Linux

/// Connects to the receiver of the pidfd.
struct ConnectPidfdSocket: HostWork {
    static var word: StaticString { "connect-pidfd-socket" }

    var socket: PidfdSocket

    var summary: String { "connect to the pidfd socket \(socket.path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.pidfdReceiver = try Receiver.connect(
            to: "the pidfd socket", at: socket.path, hint: "the program that wants the pidfd must listen there")
    }
}

/// Hands over a pidfd of the process (init, or that of `exec`): one message that says how it was made, together with
/// the descriptor.
struct HandOverPidfd: HostWork {
    static var word: StaticString { "hand-over-pidfd" }

    var socket: PidfdSocket
    /// runc's word: `standard` for a new container, `setns` for a process that joins one.
    var kind = "standard"

    var summary: String { "hand a pidfd over to \(socket.path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        do throws(Failure) {
            try session.pidfdReceiver.send(Array(kind.utf8), passing: try session.pidfd.duplicate())
        } catch {
            throw Failure("send the pidfd to the pidfd socket \(socket.path)", cause: error.cause)
        }
        session.pidfdReceiver = .none
    }
}
