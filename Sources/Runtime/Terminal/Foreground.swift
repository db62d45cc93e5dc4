import Base
import CShim
import Linux

/// What the runtime does while a process that it started in a container is in its foreground, as `run` and `exec` without
/// `--detach`: signals are passed on to it, orphans are buried, and what is typed and printed is copied, where it has a
/// terminal of its own.
struct Foreground: ~Copyable {
    private let signals: SignalDescriptor
    private var terminal: AttachedTerminal
    private let poll: EventPoll
    /// Tells a service manager that the process is ready.
    var notify = NotifyRelay.none
    /// What runs beside the process once it has begun.
    var hooks = PoststartHooks.none
    /// What could not be passed on, to the process or to a service manager; for a line of the log each.
    private(set) var warnings: [Failure] = []

    /// What something happens to.
    enum Source: UInt64 {
        case signals
        case process
        /// Our standard input and output.
        case input
        case output
        /// The container's terminal.
        case terminal
        /// What the process says to a service manager.
        case notification
        case hooks
    }

    /// - Parameters:
    ///   - signals: Held back since before the process was made.
    ///   - master: The master of its terminal; none where it has the caller's own streams.
    ///   - host: The terminal that we were started at; none where it has no terminal.
    init(
        _ signals: consuming SignalDescriptor, terminal master: consuming Descriptor, at host: consuming HostTerminal
    ) throws(Failure) {
        let poll = try EventPoll()
        _ = try poll.add(signals.number, .readable, tag: Source.signals.rawValue)
        let terminal = master.isOpen ? try AttachedTerminal(master, at: host) : .none
        self.poll = poll
        self.terminal = terminal
        self.signals = signals
    }

    /// Stays until the process and the hooks have ended.
    ///
    /// - Throws: ``Failure`` of a hook, at once.
    mutating func attend(to process: borrowing PidDescriptor, pid: Int32) throws(Failure) -> ProcessEnd {
        _ = try poll.add(process.number, .readable, tag: Source.process.rawValue)
        if notify.isOpen { _ = try poll.add(notify.number, .readable, tag: Source.notification.rawValue) }
        if hooks.isOpen { _ = try poll.add(hooks.number, .readable, tag: Source.hooks.rawValue) }
        var end: ProcessEnd?
        while true {
            if let end, !hooks.isOpen { return end }
            let isReady = try terminal.watch(poll)
            let tag = try poll.wait(milliseconds: isReady ? 0 : nil)
            switch tag.flatMap(Source.init) {
            case .signals:
                if let signal = try signals.next() { answer(signal, for: process, pid) }
            case .process:
                end = try process.wait(hang: false)
                if end != nil { try finish(process) }
            case .hooks:
                try poll.remove(hooks.number)
                try hooks.end()
                buryOrphans(except: [pid])
            case .notification:
                // We stay the service's main process, which its manager may signal, since we pass that on.
                do throws(Failure) { _ = try notify.passOn(mainProcess: ThisProcess.pid) } catch { warn(error) }
            case let source?: terminal.copy(source)
            case nil: break
            }
            if isReady { terminal.copy(.input) }
        }
    }

    /// Passes on the last of what the process said and printed.
    private mutating func finish(_ process: borrowing PidDescriptor) throws(Failure) {
        try poll.remove(process.number)
        do throws(Failure) { try notify.passOnLast(mainProcess: ThisProcess.pid) } catch { warn(error) }
        // Whoever reads what it printed may be slow, and is waited for: the hooks would only be told of again and again.
        if hooks.isOpen { try poll.remove(hooks.number) }
        try terminal.finish(poll, signals)
        if hooks.isOpen { _ = try poll.add(hooks.number, .readable, tag: Source.hooks.rawValue) }
        notify.finish()
    }

    /// Neither a manager that cannot be reached nor a signal that may not be sent is a reason to end.
    private mutating func warn(_ failure: Failure) {
        if !warnings.contains(failure) { warnings.append(failure) }
    }

    private mutating func answer(
        _ signal: CInt, for process: borrowing PidDescriptor, _ pid: Int32
    ) {
        switch signal {
        case SIGURG: return
        case SIGWINCH: return terminal.resize()
        case SIGCHLD: return buryOrphans(except: [pid, hooks.pid])
        case SIGCONT: terminal.resume()
        default: break
        }
        do throws(Failure) { try process.send(signal: signal) } catch {
            if error.errno != .ESRCH { warn(error) }
        }
    }
}

/// A step of `exec` in the foreground: hold signals back from here on, to pass them on to the program, and show its terminal at
/// ours. A signal that came before ends the runtime, and with it the process that has not become the program yet.
struct EnterForeground: HostWork {
    static var word: StaticString { "enter-foreground" }

    var summary: String { "hold signals back for the program, show its terminal at ours" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let terminal = exchange(&session.terminal, with: .none)
        let host = exchange(&session.hostTerminal, with: .none)
        session.foreground = try Foreground(try SignalDescriptor.all(), terminal: terminal, at: host)
    }
}
