import Base
import Linux
import OCI

/// The decisions about a process's terminal, from `process.terminal` and `process.consoleSize`. Without a terminal
/// there are no lines.
struct TerminalPlan {
    /// Finds our own terminal, which will show the container's, or connects to the program that receives it.
    let find: Placed<HostStep>?
    /// Makes the terminal in the container's root: after all mounts of config.json, and before anything becomes
    /// read-only.
    let open: [Placed<InsideStep>]
    /// Gives the terminal to the process, which already leads a session, and its master to the receiver.
    let handOver: [Line]

    /// - Parameter isConsole: Whether it also becomes /dev/console: for init, in a mount namespace of its own.
    init(
        _ process: Process, at place: ProcessPlace, for receiver: TerminalReceiver, isConsole: Bool, _ refuse: Refuse
    ) throws(Failure) {
        let pointer = place("terminal")
        guard process.terminal == true else {
            (find, open, handOver) = (nil, [], [])
            return
        }
        switch receiver {
        case .runtime: find = host(.findTerminal(FindTerminal()), pointer)
        case .socket(let path): find = host(.connectConsole(ConnectConsole(path: path)), pointer)
        }
        let size = try Self.size(process, at: place, refuse)
        open = Self.opening(process, at: place, size, isConsole: isConsole)
        handOver = Self.handing(to: receiver, pointer)
    }

    @Steps<InsideStep>
    private static func opening(
        _ process: Process, at place: ProcessPlace, _ size: WindowSize?, isConsole: Bool
    ) -> [Placed<InsideStep>] {
        inside(.openTerminal(OpenTerminal(owner: process.user.uid)), place("terminal"))
        if let size { inside(.sizeTerminal(SizeTerminal(size: size)), place("consoleSize")) }
        if isConsole { inside(.bindConsole(BindConsole()), place("terminal")) }
    }

    @Lines
    private static func handing(to receiver: TerminalReceiver, _ pointer: String) -> [Line] {
        inside(.controlTerminal(ControlTerminal()), pointer)
        sync(.terminal, from: .inside)
        if case .socket(let path) = receiver { host(.handOverTerminal(HandOverTerminal(path: path)), pointer) }
    }

    /// The size from `process.consoleSize`; nil also for 0 by 0, which every new terminal has.
    private static func size(
        _ process: Process, at place: ProcessPlace, _ refuse: Refuse
    ) throws(Failure) -> WindowSize? {
        guard let size = process.consoleSize else { return nil }
        for (name, number) in [("height", size.height), ("width", size.width)] where number > UInt16.max {
            try refuse(
                Failure(
                    "a terminal's \(name) of \(number) is too large", pointer: place("consoleSize", "/\(name)"),
                    hint: "at most \(UInt16.max)", code: .outOfRange))
        }
        guard size.height > 0 || size.width > 0 else { return nil }
        return WindowSize(rows: UInt16(clamping: size.height), columns: UInt16(clamping: size.width))
    }
}
