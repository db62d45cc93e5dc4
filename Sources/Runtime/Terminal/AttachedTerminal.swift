import Base
import CShim
import Linux

/// Shows the container's terminal in ours: what the user types goes to the container, and its output comes to us.
struct AttachedTerminal: ~Copyable {
    private let master: Descriptor
    /// The other end. We hold it open so that the terminal does not hang up while no process in the container has it
    /// open, for example between two programs that open /dev/console.
    private var peer: Descriptor
    private var host: HostTerminal
    private let input: StandardStream
    private let output: StandardStream
    private var typed: CopyLine
    private var printed: CopyLine
    private var watches: [Watch]
    /// Whether the copying is over.
    private var isFinished = false

    /// - Parameter master: The master of the container's terminal.
    init(_ master: consuming Descriptor, at host: consuming HostTerminal) throws(Failure) {
        var modes = try master.terminalModes()
        // Our own terminal converts line ends itself, and a file should get the output as the program wrote it.
        modes.expandsLineEnds = false
        try master.set(modes)
        try master.set(statusFlags: try master.statusFlags().union(.nonBlocking))
        let proc = try Proc.host()
        let input = try StandardStream.open(0, .readOnly, proc)
        let output = try StandardStream.open(1, .writeOnly, proc)
        let peer = try master.openTerminalPeer()
        var host = host
        if let size = host.size { try master.set(size) }
        try host.makeRaw()
        watches = [
            Watch(input.file.number, .input), Watch(output.file.number, .output), Watch(master.number, .terminal),
        ]
        self.master = master
        self.peer = peer
        self.host = host
        self.input = input
        self.output = output
        typed = CopyLine()
        printed = CopyLine()
    }

    private init() {
        master = .none
        peer = .none
        host = .none
        input = .none
        output = .none
        typed = CopyLine(hasEnded: true)
        printed = CopyLine(hasEnded: true)
        watches = []
    }

    /// No terminal. Nothing ever happens here.
    static var none: AttachedTerminal { AttachedTerminal() }

    /// Whether there is a terminal.
    var isOpen: Bool { master.isOpen }

    /// Gives the container's terminal the size that ours has now.
    borrowing func resize() {
        if let size = host.size { try? master.set(size) }
    }

    /// Takes our own terminal back after we were stopped and a shell has used it.
    mutating func resume() {
        guard isOpen else { return }
        try? host.makeRaw()
        resize()
    }

    /// Makes `poll` wait only for what there is to do now.
    ///
    /// - Returns: Whether something can be done without waiting.
    mutating func watch(_ poll: borrowing EventPoll) throws(Failure) -> Bool {
        guard isOpen, !isFinished else { return false }
        try watches[0].want(typed.wantsToRead ? .readable : [], poll)
        try watches[1].want(printed.wantsToWrite ? .writable : [], poll)
        let wanted: EventPoll.Events = printed.wantsToRead ? .readable : []
        try watches[2].want(typed.wantsToWrite ? wanted.union(.writable) : wanted, poll)
        return watches[0].isReady
    }

    /// Copies what can be copied now.
    mutating func copy(_ source: EventSource) {
        switch source {
        case .input:
            _ = typed.read(from: input.file)
            typed.write(to: master)
        case .output: printed.write(to: output.file)
        case .terminal:
            typed.write(to: master)
            _ = printed.read(from: master)
            printed.write(to: output.file)
            if printed.hasEnded, let again = try? master.openTerminalPeer() {
                // A process in the container hung the terminal up (vhangup(2)), as a getty does. It works again for the
                // next process that opens it.
                peer = again
                printed.goOn()
            }
        case .signals, .process, .notification, .hooks: break
        }
    }

    /// Copies the last output after the process has ended.
    ///
    /// Everything that the process wrote can be read by now. But a process that it left behind may have the terminal
    /// open and go on writing, so we stop after 1 MiB, which is more than a terminal can hold. The reader of our output
    /// may never read it; then a signal that asks us to end stops the copying.
    mutating func finish(
        _ poll: borrowing EventPoll, _ signals: borrowing SignalDescriptor
    ) throws(Failure) {
        guard isOpen else { return }
        typed.end()
        peer = .none
        try copyLast(poll, signals)
        for index in watches.indices { try watches[index].want([], poll) }
        isFinished = true
    }

    private mutating func copyLast(
        _ poll: borrowing EventPoll, _ signals: borrowing SignalDescriptor
    ) throws(Failure) {
        let limit = 1 << 20
        var count = 0
        while true {
            let couldRead = printed.wantsToRead
            let read = printed.read(from: master)
            count += read
            printed.write(to: output.file)
            if printed.wantsToWrite {
                try watches[0].want([], poll)
                try watches[1].want(.writable, poll)
                try watches[2].want([], poll)
                let tag = try poll.wait()
                guard tag == EventSource.signals.rawValue, let signal = try signals.next() else { continue }
                if Signals.ending.contains(signal) { return }
            } else if count > limit || printed.hasEnded || couldRead && read == 0 {
                return
            }
        }
    }
}

/// A descriptor that we wait for only when we need to.
private struct Watch {
    private let number: CInt
    private let source: EventSource
    private var wanted: EventPoll.Events = []
    private var isAlwaysReady = false

    init(_ number: CInt, _ source: EventSource) {
        self.number = number
        self.source = source
    }

    /// Whether we want it and it is always ready, as a regular file is. epoll(7) refuses regular files.
    var isReady: Bool { isAlwaysReady && !wanted.isEmpty }

    mutating func want(_ events: EventPoll.Events, _ poll: borrowing EventPoll) throws(Failure) {
        guard events != wanted else { return }
        let before = wanted
        wanted = events
        if isAlwaysReady { return }
        // Remove it, because even without wanted events epoll(7) reports a hangup, again and again.
        if events.isEmpty { return try poll.remove(number) }
        guard before.isEmpty else { return try poll.change(number, to: events, tag: source.rawValue) }
        isAlwaysReady = try !poll.add(number, events, tag: source.rawValue)
    }
}

/// The descriptors that an event can come from while a process runs in the foreground.
enum EventSource: UInt64 {
    case signals
    case process
    /// Our standard input and output.
    case input
    case output
    /// The container's terminal.
    case terminal
    /// Messages from the process to a service manager.
    case notification
    case hooks
}
