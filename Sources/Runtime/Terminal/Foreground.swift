import Base
import CShim
import Linux

/// What the runtime does while a process that it started in a container runs in its foreground, as with `run` and
/// `exec` without `--detach`. It passes signals on to the process and reaps orphans. If the process has its own
/// terminal, it copies input and output.
struct Foreground: ~Copyable {
    private let signals: SignalDescriptor
    private var terminal: AttachedTerminal
    private let poll: EventPoll
    /// Tells a service manager that the process is ready.
    var notify = NotifyRelay.none
    /// The poststart hooks, which run beside the process after it has started.
    var hooks = PoststartHooks.none
    /// What could not be passed on to the process or to a service manager. Each becomes a line in the log.
    private(set) var warnings: [Failure] = []

    /// - Parameters:
    ///   - signals: The signals, blocked and kept since before the process was made.
    ///   - master: The master of its terminal; ``Descriptor/none`` if it has the caller's own streams.
    ///   - host: The terminal that we were started at; ``HostTerminal/none`` if the process has no terminal.
    init(
        _ signals: consuming SignalDescriptor, terminal master: consuming Descriptor, at host: consuming HostTerminal
    ) throws(Failure) {
        let poll = try EventPoll()
        _ = try poll.add(signals.number, .readable, tag: EventSource.signals.rawValue)
        let terminal = master.isOpen ? try AttachedTerminal(master, at: host) : .none
        self.poll = poll
        self.terminal = terminal
        self.signals = signals
    }

    /// Stays until the process and the hooks have ended.
    ///
    /// - Throws: ``Failure`` of a hook, as soon as it fails.
    mutating func attend(to process: borrowing PidDescriptor, pid: Int32) throws(Failure) -> ProcessEnd {
        _ = try poll.add(process.number, .readable, tag: EventSource.process.rawValue)
        if notify.isOpen { _ = try poll.add(notify.number, .readable, tag: EventSource.notification.rawValue) }
        if hooks.isOpen { _ = try poll.add(hooks.number, .readable, tag: EventSource.hooks.rawValue) }
        var end: ProcessEnd?
        while true {
            if let end, !hooks.isOpen { return end }
            let isReady = try terminal.watch(poll)
            let tag = try poll.wait(isBlocking: !isReady)
            switch tag.flatMap(EventSource.init) {
            case .signals:
                if let signal = try signals.next() { answer(signal, for: process, pid) }
            case .process:
                end = try process.wait(hang: false)
                if end != nil { try finish(process) }
            case .hooks:
                try poll.remove(hooks.number)
                try hooks.end()
                reapOrphans(except: [pid])
            case .notification:
                // Name us as the service's main process: the manager may signal it, and we pass signals on.
                do throws(Failure) { _ = try notify.passOn(mainProcess: ThisProcess.pid) } catch { warn(error) }
            case let source?: terminal.copy(source)
            case nil: break
            }
            if isReady { terminal.copy(.input) }
        }
    }

    /// Passes on the last messages and output of the process.
    private mutating func finish(_ process: borrowing PidDescriptor) throws(Failure) {
        try poll.remove(process.number)
        do throws(Failure) { try notify.passOnLast(mainProcess: ThisProcess.pid) } catch { warn(error) }
        // The reader of the output may be slow, and we wait for it. Meanwhile an event of the hooks would only wake us
        // again and again.
        if hooks.isOpen { try poll.remove(hooks.number) }
        try terminal.finish(poll, signals)
        if hooks.isOpen { _ = try poll.add(hooks.number, .readable, tag: EventSource.hooks.rawValue) }
        notify.finish()
    }

    /// Keeps a failure as a warning. We do not stop because a manager cannot be reached or a signal may not be sent.
    private mutating func warn(_ failure: Failure) {
        if !warnings.contains(failure) { warnings.append(failure) }
    }

    private mutating func answer(
        _ signal: CInt, for process: borrowing PidDescriptor, _ pid: Int32
    ) {
        switch signal {
        case SIGURG: return
        case SIGWINCH: return terminal.resize()
        case SIGCHLD: return reapOrphans(except: [pid, hooks.pid])
        case SIGCONT: terminal.resume()
        default: break
        }
        do throws(Failure) { try process.send(signal: signal) } catch {
            if error.errno != .ESRCH { warn(error) }
        }
    }
}
