import Base
import CShim

/// A terminal's size in characters (ioctl_tty(2), TIOCGWINSZ); 0 by 0 where nobody has set one.
public struct WindowSize: Equatable, Sendable {
    /// How many lines it shows.
    public var rows: UInt16
    /// How many characters a line has.
    public var columns: UInt16

    /// `rows` by `columns`.
    public init(rows: UInt16, columns: UInt16) {
        self.rows = rows
        self.columns = columns
    }
}

/// How a terminal treats what passes through it (termios(3)).
public struct TerminalModes: Sendable {
    fileprivate var kernel: shim_termios

    fileprivate init(_ kernel: shim_termios) { self.kernel = kernel }

    /// The same for a terminal that only carries the bytes of another: each byte typed goes on at once and unchanged, also those
    /// that would be signals (termios(3), `cfmakeraw`). Unlike there, output is still processed: a line end is one, whoever
    /// reads it.
    public var raw: TerminalModes {
        var copy = self
        // IGNBRK, BRKINT, PARMRK, ISTRIP, INLCR, IGNCR, ICRNL, IXON
        copy.kernel.input &= ~0o2753
        let processed: UInt32 = 0o1
        copy.kernel.output |= processed
        // ECHO, ECHONL, ICANON, ISIG, IEXTEN
        copy.kernel.local &= ~0o100113
        let sizeAndParity: UInt32 = 0o460, eightBits: UInt32 = 0o60
        copy.kernel.control = copy.kernel.control & ~sizeAndParity | eightBits
        // c_cc[VTIME] and c_cc[VMIN]: a read waits for one byte
        copy.kernel.characters.5 = 0
        copy.kernel.characters.6 = 1
        return copy
    }

    /// Whether a line end becomes a carriage return and a line end on its way out (`ONLCR`).
    public var expandsLineEnds: Bool {
        get { kernel.output & 0o4 != 0 }
        set { kernel.output = newValue ? kernel.output | 0o4 : kernel.output & ~0o4 }
    }

    /// Whether what is typed is shown (`ECHO`).
    public var echoes: Bool { kernel.local & 0o10 != 0 }
}

/// The calls of ioctl_tty(2).
extension Descriptor {
    /// TCGETS: the modes.
    ///
    /// - Throws: ``Failure``: ENOTTY where this is no terminal.
    public borrowing func terminalModes() throws(Failure) -> TerminalModes {
        let get: UInt = 0x5401
        var modes = shim_termios()
        try check(shim_ioctl(number, get, &modes), "ioctl", "look at the terminal's modes")
        return TerminalModes(modes)
    }

    /// TCSETS: new modes, at once.
    ///
    /// - Throws: ``Failure``: EIO in a process group that nobody controls and that is not in the terminal's foreground.
    public borrowing func set(_ modes: TerminalModes) throws(Failure) {
        let set: UInt = 0x5402
        var modes = modes.kernel
        try check(shim_ioctl(number, set, &modes), "ioctl", "set the terminal's modes")
    }

    /// TIOCGWINSZ
    public borrowing func windowSize() throws(Failure) -> WindowSize {
        let get: UInt = 0x5413
        var size = shim_winsize()
        try check(shim_ioctl(number, get, &size), "ioctl", "look at the terminal's size")
        return WindowSize(rows: size.rows, columns: size.columns)
    }

    /// TIOCSWINSZ: the terminal's foreground processes get a SIGWINCH.
    public borrowing func set(_ size: WindowSize) throws(Failure) {
        let set: UInt = 0x5414
        var kernel = shim_winsize(rows: size.rows, columns: size.columns, width: 0, height: 0)
        try check(
            shim_ioctl(number, set, &kernel), "ioctl", "make the terminal \(size.rows) rows by \(size.columns) columns")
    }

    /// Whether it is our controlling terminal, and another process group is the one that reads from it and obeys it (TIOCGPGRP).
    public borrowing func isInBackground() -> Bool {
        let get: UInt = 0x540F
        var group: Int32 = 0
        return shim_ioctl(number, get, &group) >= 0 && group != shim_getpgrp()
    }

    /// TIOCSCTTY: the terminal becomes the controlling one of our session, which we must lead and which must have none.
    public borrowing func becomeControllingTerminal() throws(Failure) {
        let set: UInt = 0x540E
        try check(shim_ioctl(number, set, nil), "ioctl", "take the terminal as controlling one")
    }
}

/// The calls for the master of a pseudoterminal (pty(7)), which is what an opened ptmx is.
extension Descriptor {
    /// TIOCSPTLCK 0: the other end can be opened (unlockpt(3)).
    public borrowing func unlockTerminal() throws(Failure) {
        let setLock: UInt = 0x4004_5431
        var locked: CInt = 0
        try check(shim_ioctl(number, setLock, &locked), "ioctl", "unlock the terminal")
    }

    /// TIOCGPTN: its number N in the devpts it is of: the other end is called N there.
    public borrowing func terminalNumber() throws(Failure) -> UInt32 {
        let get: UInt = 0x8004_5430
        var number: UInt32 = 0
        try check(shim_ioctl(self.number, get, &number), "ioctl", "find the terminal's number")
        return number
    }

    /// TIOCGPTPEER: opens the other end, the one for programs, by no path (Linux 4.13). It does not become our controlling
    /// terminal.
    public borrowing func openTerminalPeer() throws(Failure) -> Descriptor {
        let getPeer: UInt = 0x5441
        let closeOnExec: CInt = 0o2000000
        let flags = OpenFlags([.readWrite, .noControllingTerminal]).rawValue | closeOnExec
        let answer = shim_ioctl(number, getPeer, UnsafeMutableRawPointer(bitPattern: UInt(flags)))
        return Descriptor(owning: try check(answer, "ioctl", "open the other end of the terminal"))
    }
}
