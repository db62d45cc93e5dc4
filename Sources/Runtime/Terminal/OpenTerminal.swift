import Base
import CShim
import Linux
import OCI

/// Opens the terminal of `process.terminal`: a new pseudoterminal in the container's own devpts, owned by the user of
/// the process.
///
/// We open its other end through the master and never by name. At /dev/pts/N there could be anything that this
/// container, or another one that shares the mount, has put there in the meantime (runc CVE-2025-52565).
struct OpenTerminal: InsideWork {
    static var word: StaticString { "open-terminal" }

    /// `process.user.uid`. The group stays that of the devpts (its option `gid`); the user need not be a member of it.
    var owner: UInt32

    var summary: String { "open a terminal of the container's /dev/pts, else by its /dev/ptmx, for user \(owner)" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let master = try Self.openMaster(inside: session.root)
        try master.unlockTerminal()
        let peer = try master.openTerminalPeer()
        let status = try peer.status()
        let number = DeviceNumber(major: Terminals.peerMajor, minor: try master.terminalNumber())
        guard try peer.filesystem().type == Terminals.filesystem, status.device == number else {
            throw Failure("open a terminal: the other end of /dev/ptmx in the container is not of devpts")
        }
        try give(peer)
        session.terminal = master
        session.terminalPeer = peer
    }

    private static func openMaster(inside root: borrowing Descriptor) throws(Failure) -> Descriptor {
        let flags: OpenFlags = [.readWrite, .noControllingTerminal]
        let master: Descriptor
        do throws(Failure) {
            master = try root.openat2("/dev/pts/ptmx", flags)
        } catch  where error.isAbsence || error.errno == .EACCES {
            // This is the host's devpts if /dev is a bind mount of the host's. Its pts/ptmx usually has mode 000, which
            // a process in a user namespace cannot override.
            do throws(Failure) { master = try root.openat2("/dev/ptmx", flags) } catch {
                throw Failure(
                    "open a terminal in the container", cause: error.cause, hint: "a devpts must be mounted on /dev/pts"
                )
            }
        }
        let status = try master.status()
        guard status.kind == .characterDevice, status.device == Terminals.multiplexer else {
            throw Failure(
                "open a terminal: /dev/pts/ptmx in the container is something else",
                hint: "the image or a mount replaced it")
        }
        return master
    }

    /// Gives the terminal to the user. A user namespace may not map the user, and a devpts of the host may not be ours
    /// to change; the terminal works in spite of that.
    private func give(_ peer: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            try peer.fchownat(uid: owner, gid: .max, "the terminal")
        } catch  where error.errno == .EPERM || error.errno == .EROFS || error.errno == .EINVAL {}
    }
}

/// Sets `process.consoleSize`, before the program can ask for it.
struct SizeTerminal: InsideWork {
    static var word: StaticString { "size-terminal" }

    var size: WindowSize

    var summary: String { "make the terminal \(size.rows) rows by \(size.columns) columns" }

    func perform(_ session: inout InsideSide) throws(Failure) { try session.terminalPeer.set(size) }
}

/// Mounts the terminal on /dev/console, where an init system looks for it (config-linux.md, "Default Devices").
struct BindConsole: InsideWork {
    static var word: StaticString { "bind-console" }

    var summary: String { "bind the terminal on /dev/console" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let parent = try MountPoint.directory("/dev", inside: session.root, followingLinks: false)
        let target = try MountPoint.node("console", at: parent, "/dev/console")
        let tree = try session.terminalPeer.openTree(recursive: false, "the terminal")
        try tree.moveMount(to: target, "the terminal on /dev/console")
    }
}

/// Makes the terminal the controlling terminal of the process's session, and its standard input, output and error.
struct ControlTerminal: InsideWork {
    static var word: StaticString { "control-terminal" }

    var summary: String { "take the terminal as controlling terminal, and as standard input, output and error" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.terminalPeer.becomeControllingTerminal()
        for number in CInt(0)...2 { try session.terminalPeer.dup2(onto: number) }
        session.terminalPeer = .none
    }
}

/// Finds our own terminal, which will show the container's, before anything is made.
struct FindTerminal: HostWork {
    static var word: StaticString { "find-terminal" }

    var summary: String { "find our own terminal: stderr, stdout or stdin, else /dev/tty" }

    func perform(_ session: inout HostSide) throws(Failure) { session.hostTerminal = try HostTerminal.find() }
}

/// Connects to the receiver of the container's terminal.
struct ConnectConsole: HostWork {
    static var word: StaticString { "connect-console" }

    /// `--console-socket`, absolute.
    var path: String

    var summary: String { "connect to the console socket \(path)" }

    func perform(_ session: inout HostSide) throws(Failure) {
        session.console = try Receiver.connect(
            to: "the console socket", at: path,
            hint: "the program that wants the container's terminal must listen there")
    }
}

/// Hands over the master of the container's terminal: one message with the terminal's name, together with the
/// descriptor.
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
