import Base
import Linux

/// `--pidfd-socket`: the program that listens there gets a pidfd of the process. With it, it can wait for the process
/// or signal it, and can never hit another process with the same pid.
struct PidfdSocket: Equatable {
    /// crun's annotation that asks for it.
    static let annotation = "run.oci.pidfd_receiver"

    /// The absolute path of the socket.
    var path: String
    /// The place in config.json that asks for it; "" if the command line does.
    var pointer = ""
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
        do throws(Failure) { return try StreamSocket(to: path, within: patienceMilliseconds) } catch {
            throw Failure("connect to \(who) \(path)", cause: error.cause, hint: hint)
        }
    }
}
