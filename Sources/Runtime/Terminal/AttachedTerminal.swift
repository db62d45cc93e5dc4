import Base
import CShim
import Linux

/// The container's terminal in the foreground of ours: what is typed goes there, what is printed comes from there.
struct AttachedTerminal: ~Copyable {
    private let master: Descriptor
    /// The other end, held so that the terminal does not hang up while nothing in the container has it open, as between two
    /// programs that open /dev/console.
    private var peer: Descriptor
    private var host: HostTerminal
    private let input: StandardStream
    private let output: StandardStream
    private var typed: CopyLine
    private var printed: CopyLine
    private var watches: [Watch]
    /// Whether all was copied that is to be.
    private var isFinished = false

    /// - Parameter master: The master of the container's terminal; none where the container has the caller's own streams.
    init(_ master: consuming Descriptor, at host: consuming HostTerminal) throws(Failure) {
        var modes = try master.terminalModes()
        // Our own terminal makes a line end what it has to be; a file gets it as it was written.
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

    /// No terminal: nothing ever happens.
    static var none: AttachedTerminal { AttachedTerminal() }

    /// Whether there is one.
    var isOpen: Bool { master.isOpen }

    /// Gives the container's terminal the size that ours has now.
    borrowing func resize() {
        if let size = host.size { try? master.set(size) }
    }

    /// Our own terminal again, after we were stopped, and a shell has used it.
    mutating func resume() {
        guard isOpen else { return }
        try? host.makeRaw()
        resize()
    }

    /// Lets `poll` wait for what there is to do now, and for nothing else.
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
    mutating func copy(_ source: Foreground.Source) {
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
                // Something in the container hung it up (vhangup(2)), as a getty does; it goes on with whoever opens it next.
                peer = again
                printed.goOn()
            }
        case .signals, .process, .notification, .hooks: break
        }
    }

    /// Copies the last of what was printed, once the process has ended.
    ///
    /// All that it wrote can be read by then. A process that it left behind may have the terminal open, and go on writing: no more
    /// is read than a terminal can hold. Nobody may read what we write: a signal that asks us to end does so.
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
                guard tag == Foreground.Source.signals.rawValue, let signal = try signals.next() else { continue }
                if Signals.ending.contains(signal) { return }
            } else if count > limit || printed.hasEnded || couldRead && read == 0 {
                return
            }
        }
    }
}

/// A descriptor that is waited for, or not, as there is need.
private struct Watch {
    private let number: CInt
    private let source: Foreground.Source
    private var wanted: EventPoll.Events = []
    private var isAlwaysReady = false

    init(_ number: CInt, _ source: Foreground.Source) {
        self.number = number
        self.source = source
    }

    /// Whether it is wanted, and ready at any time.
    var isReady: Bool { isAlwaysReady && !wanted.isEmpty }

    mutating func want(_ events: EventPoll.Events, _ poll: borrowing EventPoll) throws(Failure) {
        guard events != wanted else { return }
        let before = wanted
        wanted = events
        if isAlwaysReady { return }
        // Not merely without events: a hangup would be told again and again.
        if events.isEmpty { return try poll.remove(number) }
        guard before.isEmpty else { return try poll.change(number, to: events, tag: source.rawValue) }
        isAlwaysReady = try !poll.add(number, events, tag: source.rawValue)
    }
}

/// What the kernel calls the parts of pseudoterminals (pty(7), Documentation/admin-guide/devices.txt).
enum Terminals {
    /// ptmx: whoever opens it gets the master of a new terminal.
    static let multiplexer = DeviceNumber(major: UInt32(TTYAUX_MAJOR), minor: 2)
    /// The other ends: number N is the minor number.
    static let peerMajor = UInt32(UNIX98_PTY_SLAVE_MAJOR)
    /// The type of devpts in statfs(2).
    static let filesystem = UInt64(DEVPTS_SUPER_MAGIC)
}
