import Base
import Linux

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
