import Base
import CShim

/// A terminal's size in characters (ioctl_tty(2), TIOCGWINSZ); 0 by 0 if it was never set.
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

/// How a terminal processes its input and output (termios(3)).
public struct TerminalModes: Sendable {
    fileprivate var kernel: shim_termios

    fileprivate init(_ kernel: shim_termios) { self.kernel = kernel }

    /// The same modes, changed for a terminal that only passes bytes on to another: each typed byte is passed on at
    /// once and unchanged, even those that would be signals (termios(3), `cfmakeraw`). Unlike with `cfmakeraw`, output
    /// is still processed, so that a newline remains a full line end for every reader.
    public var raw: TerminalModes {
        var copy = self
        copy.kernel.input &= ~UInt32(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON)
        copy.kernel.output |= UInt32(OPOST)
        copy.kernel.local &= ~UInt32(ECHO | ECHONL | ICANON | ISIG | IEXTEN)
        copy.kernel.control = copy.kernel.control & ~UInt32(CSIZE | PARENB) | UInt32(CS8)
        // A read waits for one byte, without a time limit.
        withUnsafeMutableBytes(of: &copy.kernel.characters) { characters in
            characters[Int(VTIME)] = 0
            characters[Int(VMIN)] = 1
        }
        return copy
    }

    /// Whether the terminal writes a newline as a carriage return and a newline (`ONLCR`).
    public var expandsLineEnds: Bool {
        get { kernel.output & UInt32(ONLCR) != 0 }
        set { kernel.output = newValue ? kernel.output | UInt32(ONLCR) : kernel.output & ~UInt32(ONLCR) }
    }

    /// Whether typed characters are shown (`ECHO`).
    public var echoes: Bool { kernel.local & UInt32(ECHO) != 0 }
}

/// The calls of ioctl_tty(2).
extension Descriptor {
    /// TCGETS: reads the modes.
    ///
    /// - Throws: ``Failure``: ENOTTY if this is not a terminal.
    public borrowing func terminalModes() throws(Failure) -> TerminalModes {
        var modes = shim_termios()
        try check(shim_ioctl(number, UInt(TCGETS), &modes), "ioctl", "look at the terminal's modes")
        return TerminalModes(modes)
    }

    /// TCSETS: sets new modes, at once.
    ///
    /// - Throws: ``Failure``: EIO in an orphaned process group that is not in the terminal's foreground.
    public borrowing func set(_ modes: TerminalModes) throws(Failure) {
        var modes = modes.kernel
        try check(shim_ioctl(number, UInt(TCSETS), &modes), "ioctl", "set the terminal's modes")
    }

    /// TIOCGWINSZ: reads the size.
    public borrowing func windowSize() throws(Failure) -> WindowSize {
        var size = shim_winsize()
        try check(shim_ioctl(number, UInt(TIOCGWINSZ), &size), "ioctl", "look at the terminal's size")
        return WindowSize(rows: size.rows, columns: size.columns)
    }

    /// TIOCSWINSZ: sets the size; the terminal's foreground processes get a SIGWINCH.
    public borrowing func set(_ size: WindowSize) throws(Failure) {
        var kernel = shim_winsize(rows: size.rows, columns: size.columns, width: 0, height: 0)
        try check(
            shim_ioctl(number, UInt(TIOCSWINSZ), &kernel), "ioctl",
            "make the terminal \(size.rows) rows by \(size.columns) columns")
    }

    /// Whether it is our controlling terminal and another process group is in its foreground, so that the other group
    /// reads from it and gets its signals (TIOCGPGRP).
    public borrowing func isInBackground() -> Bool {
        var group: Int32 = 0
        return shim_ioctl(number, UInt(TIOCGPGRP), &group) >= 0 && group != shim_getpgrp()
    }

    /// TIOCSCTTY: makes the terminal the controlling one of our session. We must lead the session, which must not
    /// have one.
    ///
    /// - Throws: ``Failure``: EPERM if it has one, or if the terminal is that of another session.
    public borrowing func becomeControllingTerminal() throws(Failure) {
        try check(
            shim_ioctl(number, UInt(TIOCSCTTY), nil), "ioctl", "make the terminal the session's controlling terminal")
    }
}

/// The calls for the master of a pseudoterminal (pty(7)). An opened ptmx is a master.
extension Descriptor {
    /// TIOCSPTLCK 0: lets the other end be opened (unlockpt(3)).
    public borrowing func unlockTerminal() throws(Failure) {
        var locked: CInt = 0
        try check(shim_ioctl(number, SHIM_TIOCSPTLCK, &locked), "ioctl", "unlock the terminal")
    }

    /// TIOCGPTN: returns its number N in its devpts, where the other end has the name N.
    public borrowing func terminalNumber() throws(Failure) -> UInt32 {
        var number: UInt32 = 0
        try check(shim_ioctl(self.number, SHIM_TIOCGPTN, &number), "ioctl", "find the terminal's number")
        return number
    }

    /// TIOCGPTPEER: opens the other end, the one for programs, without a path (Linux 4.13). It does not become our
    /// controlling terminal.
    public borrowing func openTerminalPeer() throws(Failure) -> Descriptor {
        let flags = UInt(O_RDWR | O_NOCTTY | O_CLOEXEC)
        let answer = shim_ioctl(number, SHIM_TIOCGPTPEER, UnsafeMutableRawPointer(bitPattern: flags))
        return Descriptor(owning: try check(answer, "ioctl", "open the other end of the terminal"))
    }
}
