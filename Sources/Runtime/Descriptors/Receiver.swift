import Base
import Linux

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
