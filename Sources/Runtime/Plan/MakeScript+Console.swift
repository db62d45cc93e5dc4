import Base
import Linux
import OCI

extension ScriptPlanner {
    /// What the host does for the caller's sockets and descriptors before there is an init.
    mutating func planReceivers() {
        if request.kept.count > 0 { prepare(.checkDescriptors(CheckDescriptors(kept: request.kept))) }
        if let socket = pidfdSocket { prepare(.connectPidfdSocket(ConnectPidfdSocket(socket: socket)), socket.pointer) }
        guard process.terminal == true else { return }
        switch request.terminal {
        case .runtime: prepare(.findTerminal(FindTerminal()), "/process/terminal")
        case .socket(let path): prepare(.connectConsole(ConnectConsole(path: path)), "/process/terminal")
        }
    }

    /// Who gets a pidfd of init: the command line's, else crun's annotation.
    private var pidfdSocket: PidfdSocket? {
        if let socket = request.pidfdSocket { return socket }
        guard let path = config.annotations?[PidfdSocket.annotation], !path.isEmpty else { return nil }
        return PidfdSocket(path: path, pointer: "/annotations/\(PidfdSocket.annotation)")
    }

    /// Hands a pidfd of init over, where somebody wants it.
    mutating func planPidfd() {
        guard let socket = pidfdSocket else { return }
        host(.handOverPidfd(HandOverPidfd(socket: socket)), socket.pointer)
    }

    /// Whether the container's program can tell that it is ready; there is nowhere to put the socket without a mount namespace.
    var isNotified: Bool { request.notifies && namespaces.has(.mount) }

    /// Makes the terminal, in the container's root: after all that config.json mounts, and before anything is read-only.
    mutating func planTerminal() throws(Failure) {
        guard process.terminal == true else { return }
        let pointer = "/process/terminal"
        inside(.openTerminal(OpenTerminal(owner: process.user.uid)), pointer)
        if let size = try consoleSize() { inside(.sizeTerminal(SizeTerminal(size: size)), "/process/consoleSize") }
        if namespaces.has(.mount) { inside(.bindConsole(BindConsole()), pointer) }
        inside(.controlTerminal(ControlTerminal()), pointer)
        sync(.terminal, from: .inside)
        guard case .socket(let path) = request.terminal else { return }
        host(.handOverTerminal(HandOverTerminal(path: path)), pointer)
    }

    /// `process.consoleSize`; nil also for 0 by 0, which every new terminal has.
    private func consoleSize() throws(Failure) -> WindowSize? {
        guard let size = process.consoleSize else { return nil }
        for (name, number) in [("height", size.height), ("width", size.width)] where number > UInt16.max {
            try refusals.add(
                Failure(
                    "a terminal's \(name) of \(number) is too large", pointer: "/process/consoleSize/\(name)",
                    hint: "at most \(UInt16.max)", code: .outOfRange))
        }
        guard size.height > 0 || size.width > 0 else { return nil }
        return WindowSize(rows: UInt16(clamping: size.height), columns: UInt16(clamping: size.width))
    }
}
