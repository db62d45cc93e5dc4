import Base
import Linux

/// `--pidfd-socket`: the program that listens there gets a pidfd of the process. With it, it can wait for the process
/// or signal it, and can never hit another process with the same pid.
struct PidfdSocket: Equatable {
    /// The annotation with which crun asks for it.
    static let annotation = "run.oci.pidfd_receiver"

    /// The absolute path of the socket.
    var path: String
    /// The place in config.json that asks for it; "" if the command line does.
    var pointer = ""
}

/// Connects to the receiver of the pidfd.
struct ConnectPidfdSocket: HostWork {
    static var word: StaticString { "connect-pidfd-socket" }

    var socket: PidfdSocket

    var summary: String { "connect to the pidfd socket \(socket.path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.pidfdReceiver = try Receiver.connect(
            to: "the pidfd socket", at: socket.path, hint: "whoever wants the pidfd must listen there")
    }
}

/// Hands over a pidfd of init: one message that says how init was made, together with the descriptor.
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

/// Connects to programs that receive a descriptor of the container: its terminal, its seccomp listener, or a pidfd of
/// its init.
enum Receiver {
    /// Connects to the program that listens at `path`, before anything needs it. If nobody listens, this fails now, and
    /// not after the container has been made.
    ///
    /// - Parameters:
    ///   - who: What the receiver is: `the console socket`.
    ///   - hint: What the receiver must do, and why.
    static func connect(to who: String, at path: String, hint: String) throws(Failure) -> StreamSocket {
        do throws(Failure) { return try StreamSocket(to: path, within: patience) } catch {
            throw Failure("connect to \(who) \(path)", cause: error.cause, hint: hint)
        }
    }
}
