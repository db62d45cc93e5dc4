import Base
import CShim
import Linux
import OCI

/// The receiver of the master of the container's terminal.
enum TerminalReceiver: Equatable {
    /// The runtime, which stays and shows the container's terminal in its own.
    case runtime
    /// `--console-socket`: the program that listens at this absolute path.
    case socket(String)

    /// Chooses the receiver.
    ///
    /// - Parameters:
    ///   - process: `process` of config.json, or of `exec`.
    ///   - place: Where this process stands in its JSON text.
    ///   - socket: `--console-socket`.
    ///   - detaches: Whether the runtime exits, and so cannot show a terminal.
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

/// The terminal at which the runtime was started. While the container's terminal is in the foreground, this terminal
/// carries its bytes and sets its size.
struct HostTerminal: ~Copyable {
    private let file: Descriptor
    /// The modes before ``makeRaw()``.
    private var modes: TerminalModes?

    /// Finds our terminal: the first of stderr, stdout and stdin that is a terminal, because any of them may be
    /// redirected, otherwise the controlling terminal.
    ///
    /// - Throws: ``Failure`` of `open`: ENXIO if there is no terminal.
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

    /// Restores the modes. If a shell has put us into the background, it has set modes of its own, which must stay.
    deinit { if let modes, !file.isInBackground() { try? file.set(modes) } }

    /// Lets bytes through unchanged, until this value goes away.
    ///
    /// In the background, this waits for the foreground: the kernel stops us with SIGTTOU, like every background
    /// program that changes the terminal.
    mutating func makeRaw() throws(Failure) {
        let before = try file.terminalModes()
        // EIO: our process group is orphaned, that is, no shell could bring it to the foreground (setpgid(2)). Nobody
        // types there either.
        do throws(Failure) { try file.set(before.raw) } catch  where error.errno == .EIO { return }
        if modes == nil { modes = before }
    }

    /// The window size; nil if the kernel does not say.
    var size: WindowSize? { try? file.windowSize() }
}

/// The kernel's numbers for the parts of pseudoterminals (pty(7), Documentation/admin-guide/devices.txt).
enum Terminals {
    /// ptmx: opening it gives the master of a new terminal.
    static let multiplexer = DeviceNumber(major: UInt32(TTYAUX_MAJOR), minor: 2)
    /// The other ends: the minor number is the N of /dev/pts/N.
    static let peerMajor = UInt32(UNIX98_PTY_SLAVE_MAJOR)
    /// The type of devpts in statfs(2).
    static let filesystem = UInt64(DEVPTS_SUPER_MAGIC)
}
