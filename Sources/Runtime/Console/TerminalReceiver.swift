import Base
import OCI

/// Who gets the master of the container's terminal.
enum TerminalReceiver: Equatable {
    /// The runtime, which stays, and shows it at its own.
    case runtime
    /// `--console-socket`: whoever listens at this path, which is absolute.
    case socket(String)

    /// - Parameters:
    ///   - process: `process` of config.json, or of `exec`.
    ///   - place: Where it stands.
    ///   - socket: `--console-socket`.
    ///   - detaches: Whether the runtime goes away, and so can show nothing.
    /// - Throws: ``Failure`` in runc's words, which callers match on.
    init(
        _ process: Process?, at place: ProcessPlace = ProcessPlace(), socket: String?, detaches: Bool
    ) throws(Failure) {
        let hasTerminal = process?.terminal == true
        guard let socket else {
            guard hasTerminal, detaches else {
                self = .runtime
                return
            }
            throw Failure(
                "cannot allocate tty if runc will detach without setting console socket", pointer: place("terminal"),
                hint: "give --console-socket, or set process.terminal to false")
        }
        guard detaches, hasTerminal else {
            throw Failure(
                "cannot use console socket if runc will not detach or allocate tty",
                pointer: hasTerminal ? nil : place("terminal"),
                hint: "--console-socket is for a container with process.terminal that is detached")
        }
        self = .socket(socket)
    }
}
