import Base
import CShim

/// A terminal's size in characters (ioctl_tty(2), TIOCGWINSZ); 0 by 0 if nobody has set one.
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
        copy.kernel.input &= ~UInt32(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        copy.kernel.output |= UInt32(OPOST)
        copy.kernel.local &= ~UInt32(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        copy.kernel.control = copy.kernel.control & ~UInt32(CSIZE | PARENB) | UInt32(CS8)
        // A read waits for one byte, for however long.
        withUnsafeMutableBytes(of: &copy.kernel.characters) { characters in
            characters[Int(VTIME)] = 0
            characters[Int(VMIN)] = 1
        }
        return copy
    }

    /// Whether a line end becomes a carriage return and a line end on its way out (`ONLCR`).
    public var expandsLineEnds: Bool {
        get { kernel.output & UInt32(ONLCR) != 0 }
        set { kernel.output = newValue ? kernel.output | UInt32(ONLCR) : kernel.output & ~UInt32(ONLCR) }
    }

    /// Whether what is typed is shown (`ECHO`).
    public var echoes: Bool { kernel.local & UInt32(ECHO) != 0 }
}

/// The calls of ioctl_tty(2).
extension Descriptor {
    /// TCGETS: the modes.
    ///
    /// - Throws: ``Failure``: ENOTTY if this is no terminal.
    public borrowing func terminalModes() throws(Failure) -> TerminalModes {
        var modes = shim_termios()
        try check(shim_ioctl(number, UInt(TCGETS), &modes), "ioctl", "look at the terminal's modes")
        return TerminalModes(modes)
    }

    /// TCSETS: new modes, at once.
    ///
    /// - Throws: ``Failure``: EIO in a process group that nobody controls and that is not in the terminal's foreground.
    public borrowing func set(_ modes: TerminalModes) throws(Failure) {
        var modes = modes.kernel
        try check(shim_ioctl(number, UInt(TCSETS), &modes), "ioctl", "set the terminal's modes")
    }

    /// TIOCGWINSZ
    public borrowing func windowSize() throws(Failure) -> WindowSize {
        var size = shim_winsize()
        try check(shim_ioctl(number, UInt(TIOCGWINSZ), &size), "ioctl", "look at the terminal's size")
        return WindowSize(rows: size.rows, columns: size.columns)
    }

    /// TIOCSWINSZ: the terminal's foreground processes get a SIGWINCH.
    public borrowing func set(_ size: WindowSize) throws(Failure) {
        var kernel = shim_winsize(rows: size.rows, columns: size.columns, width: 0, height: 0)
        try check(
            shim_ioctl(number, UInt(TIOCSWINSZ), &kernel), "ioctl",
            "make the terminal \(size.rows) rows by \(size.columns) columns")
    }

    /// Whether it is our controlling terminal, and another process group is the one that reads from it and obeys it (TIOCGPGRP).
    public borrowing func isInBackground() -> Bool {
        var group: Int32 = 0
        return shim_ioctl(number, UInt(TIOCGPGRP), &group) >= 0 && group != shim_getpgrp()
    }

    /// TIOCSCTTY: the terminal becomes the controlling one of our session, which we must lead and which must have none.
    public borrowing func becomeControllingTerminal() throws(Failure) {
        try check(shim_ioctl(number, UInt(TIOCSCTTY), nil), "ioctl", "take the terminal as controlling one")
    }
}

/// The calls for the master of a pseudoterminal (pty(7)), which is what an opened ptmx is.
extension Descriptor {
    /// TIOCSPTLCK 0: the other end can be opened (unlockpt(3)).
    public borrowing func unlockTerminal() throws(Failure) {
        var locked: CInt = 0
        try check(shim_ioctl(number, SHIM_TIOCSPTLCK, &locked), "ioctl", "unlock the terminal")
    }

    /// TIOCGPTN: its number N in the devpts it is of: the other end is called N there.
    public borrowing func terminalNumber() throws(Failure) -> UInt32 {
        var number: UInt32 = 0
        try check(shim_ioctl(self.number, SHIM_TIOCGPTN, &number), "ioctl", "find the terminal's number")
        return number
    }

    /// TIOCGPTPEER: opens the other end, the one for programs, by no path (Linux 4.13). It does not become our controlling
    /// terminal.
    public borrowing func openTerminalPeer() throws(Failure) -> Descriptor {
        let flags = UInt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        let answer = shim_ioctl(number, SHIM_TIOCGPTPEER, UnsafeMutableRawPointer(bitPattern: flags))
        return Descriptor(owning: try check(answer, "ioctl", "open the other end of the terminal"))
    }
}
