import Base
import Linux
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

/// The terminal at which the runtime was started: while the container's own is in the foreground, it carries the bytes of that
/// one, and has its size.
struct HostTerminal: ~Copyable {
    private let file: Descriptor
    /// As they were before ``makeRaw()``.
    private var modes: TerminalModes?

    /// The first of stderr, stdout and stdin that is one, since any may have been redirected; else the controlling terminal.
    ///
    /// - Throws: ``Failure`` of `open`: ENXIO where there is none.
    static func find() throws(Failure) -> HostTerminal {
        for number in [CInt(2), 1, 0] {
            let file = try duplicate(standard: number)
            if (try? file.terminalModes()) != nil { return HostTerminal(file: file) }
        }
        do throws(Failure) { return HostTerminal(file: try open("/dev/tty", .readWrite)) } catch {
            throw error.hinting(
                "process.terminal needs a terminal to run in the foreground; without one set it to false, or detach with "
                    + "--console-socket")
        }
    }

    /// No terminal.
    static var none: HostTerminal { HostTerminal(file: .none) }

    private init(file: consuming Descriptor) { self.file = file }

    /// A shell that has put us into the background has given the terminal modes of its own.
    deinit { if let modes, !file.isInBackground() { try? file.set(modes) } }

    /// Lets bytes through unchanged, until this value goes away.
    ///
    /// In the background it waits, stopped by SIGTTOU as every program that wants the terminal, until it is in the foreground.
    mutating func makeRaw() throws(Failure) {
        let before = try file.terminalModes()
        // Nobody could put a process group without a shell into the foreground, nor type anything there.
        do throws(Failure) { try file.set(before.raw) } catch  where error.errno == .EIO { return }
        if modes == nil { modes = before }
    }

    /// nil where it cannot be told.
    var size: WindowSize? { try? file.windowSize() }
}
