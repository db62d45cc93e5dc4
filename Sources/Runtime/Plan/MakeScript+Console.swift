import Base
import Linux
import OCI

extension ProcessPlanning {
    /// What the host does for the caller's sockets and descriptors before there is a process.
    mutating func planReceivers() {
        if kept.count > 0 { prepare(.checkDescriptors(CheckDescriptors(kept: kept))) }
        prepare(.reopenNull(ReopenNull(kept: kept, label: linux.filesLabel)))
        if let socket = pidfdSocket { prepare(.connectPidfdSocket(ConnectPidfdSocket(socket: socket)), socket.pointer) }
        guard process.terminal == true else { return }
        switch terminal {
        case .runtime: prepare(.findTerminal(FindTerminal()), place("terminal"))
        case .socket(let path): prepare(.connectConsole(ConnectConsole(path: path)), place("terminal"))
        }
    }

    /// Hands a pidfd of the process over, where somebody wants it.
    ///
    /// - Parameter kind: How the process is made, in runc's word.
    mutating func planPidfd(_ kind: String = "standard") {
        guard let socket = pidfdSocket else { return }
        host(.handOverPidfd(HandOverPidfd(socket: socket, kind: kind)), socket.pointer)
    }

    /// Makes the terminal, in the container's root: after all that config.json mounts, and before anything is read-only.
    ///
    /// - Parameter isConsole: Whether it is to be /dev/console, too: init's, in a mount namespace of its own.
    mutating func planTerminal(isConsole: Bool) throws(Failure) {
        guard process.terminal == true else { return }
        let pointer = place("terminal")
        inside(.openTerminal(OpenTerminal(owner: process.user.uid)), pointer)
        if let size = try consoleSize() { inside(.sizeTerminal(SizeTerminal(size: size)), place("consoleSize")) }
        if isConsole { inside(.bindConsole(BindConsole()), pointer) }
    }

    /// Gives the terminal to the process, which leads a session by now, and its master to whoever is to have it.
    mutating func planControl() {
        guard process.terminal == true else { return }
        let pointer = place("terminal")
        inside(.controlTerminal(ControlTerminal()), pointer)
        sync(.terminal, from: .inside)
        guard case .socket(let path) = terminal else { return }
        host(.handOverTerminal(HandOverTerminal(path: path)), pointer)
    }

    /// `process.consoleSize`; nil also for 0 by 0, which every new terminal has.
    private func consoleSize() throws(Failure) -> WindowSize? {
        guard let size = process.consoleSize else { return nil }
        for (name, number) in [("height", size.height), ("width", size.width)] where number > UInt16.max {
            try refusals.add(
                Failure(
                    "a terminal's \(name) of \(number) is too large", pointer: place("consoleSize", "/\(name)"),
                    hint: "at most \(UInt16.max)", code: .outOfRange))
        }
        guard size.height > 0 || size.width > 0 else { return nil }
        return WindowSize(rows: UInt16(clamping: size.height), columns: UInt16(clamping: size.width))
    }
}

extension ScriptPlanner {
    var terminal: TerminalReceiver { request.terminal }
    var kept: KeptDescriptors { request.kept }

    /// The command line's, else crun's annotation.
    var pidfdSocket: PidfdSocket? {
        if let socket = request.pidfdSocket { return socket }
        guard let path = config.annotations?[PidfdSocket.annotation], !path.isEmpty else { return nil }
        return PidfdSocket(path: path, pointer: "/annotations/\(PidfdSocket.annotation)")
    }
}
