import Base
import Linux

/// `--pidfd-socket`: who listens there gets a pidfd of the process, and so can wait for it, or signal it, without a doubt whom it
/// means.
struct PidfdSocket: Equatable {
    /// crun's way to ask for it.
    static let annotation = "run.oci.pidfd_receiver"

    /// Absolute.
    var path: String
    /// Where config.json asks for it; "" where the command line does.
    var pointer = ""
}

/// Connects to whoever wants the pidfd.
struct ConnectPidfdSocket: HostWork {
    static var word: StaticString { "connect-pidfd-socket" }

    var socket: PidfdSocket

    var summary: String { "connect to the pidfd socket \(socket.path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.pidfdReceiver = try Receiver.connect(
            to: "the pidfd socket", at: socket.path, hint: "whoever wants the pidfd must listen there")
    }
}

/// Hands a pidfd of init over: one message, with the way in which init was made and the descriptor beside it.
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

/// Whoever gets a descriptor of the container: of its terminal, its seccomp listener, its init.
enum Receiver {
    /// Connects to the program that listens at `path`, before anything needs it: one that is not there is an error now, and not
    /// when the container has been made.
    ///
    /// - Parameters:
    ///   - who: What it is: `the console socket`.
    ///   - hint: What it must do, and why.
    static func connect(to who: String, at path: String, hint: String) throws(Failure) -> StreamSocket {
        do throws(Failure) { return try StreamSocket(to: path, within: patience) } catch {
            throw Failure("connect to \(who) \(path)", cause: error.cause, hint: hint)
        }
    }
}
