import Base
import Linux
import OCI

/// `exec`: adds a process to a running or created container.
///
/// Call ``sealProgram(for:in:)-(ExecOptions,_)`` before.
///
/// - Returns: The exit status of the process, or 128 plus the signal that ended it; 0 with `detach`.
public func exec(id: String, options: ExecOptions, in runtime: RuntimeOptions) throws(Failure) -> CInt {
    let id = try ContainerID(id)
    let kept = try options.keptDescriptors
    let named = NamedDescriptors(options.paths + runtime.paths, above: kept.last)
    var session = try HostSide(trace: try runtime.openTrace())
    session.named = named
    session.folder = try runtime.store.find(id)
    try session.holdInit(ignoringPause: options.ignorePaused)
    do throws(Failure) {
        var request = try session.request(options)
        request.rootless = runtime.rootless
        let facts = try HostFacts.read(session.proc)
        try facts.check(hasUserNamespace: session.record.namespaces.contains { $0.type == .user })
        let script = try Script(exec: request, on: facts)
        defer { for note in session.notes where !note.isEmpty { runtime.note(note) } }
        do throws(Failure) { try script.perform(&session) } catch {
            session.abandonProcess()
            throw session.endOfContainer(during: error)
                ?? session.explain(error).during("unable to start container process")
        }
        for warning in script.warnings + session.warnings { runtime.warn(warning.placed(by: options)) }
    } catch {
        throw session.endOfContainer(during: error) ?? error.placed(by: options)
    }
    return try session.attendToProgram(runtime)
}

extension HostSide {
    /// Reads the record and opens a pidfd of init. The pidfd always means this process, even if its pid is reused.
    ///
    /// The container is not locked, because many commands may work in it at once. If something ends in the meantime,
    /// the calls that need it fail.
    ///
    /// - Throws: ``Failure`` if the container has stopped, is paused, or does not exist yet.
    fileprivate mutating func holdInit(ignoringPause: Bool) throws(Failure) {
        guard let found = try folder.readRecord() else { throw Failure.containerNotFound }
        record = found
        guard found.pid != nil else {
            throw Failure("cannot exec in a container in the creating state", code: .wrongState)
        }
        do throws(Failure) { joined = try found.openInit() } catch  where error.code == .containerNotRunning {
            throw Failure("cannot exec in a stopped container", code: .containerNotRunning)
        }
        if !ignoringPause, let cgroup = found.cgroup, try Cgroup.isFrozen(at: cgroup) {
            throw Failure.paused
        }
        ignoresPause = ignoringPause
    }

    /// Gathers what the script depends on.
    fileprivate borrowing func request(_ options: ExecOptions) throws(Failure) -> ExecRequest {
        let container = try ExecConfig(json: try folder.readConfig(of: record))
        let process: ExecProcess
        if let path = options.process {
            process = ExecProcess(try readProcess(path), from: container.process)
        } else {
            guard !options.arguments.isEmpty else { throw Failure("exec args cannot be empty", code: .usage) }
            let (_, bytes) = try Bundle.enterUnread(record.bundle)
            guard let current = try ConfigProcess(json: bytes).process else {
                throw Failure("process property must not be empty", pointer: "/process")
            }
            process = ExecProcess(current, options: options, from: container.process)
        }
        let terminal = try TerminalReceiver(
            process.process, at: process.place, socket: options.consoleSocket, detaches: options.detach)
        return ExecRequest(
            record: record, namespaces: try .apart(from: record, proc), process: process,
            linux: container.linux, cgroups: options.cgroups, pidFile: options.pidFile, detach: options.detach,
            terminal: terminal, kept: try options.keptDescriptors,
            pidfdSocket: options.pidfdSocket.map { PidfdSocket(path: $0) })
    }

    /// Any kind of file will do: a caller may give us a pipe.
    private borrowing func readProcess(_ path: String) throws(Failure) -> OCI.Process {
        let bytes = try open(path, [.readOnly, .noControllingTerminal]).readAll(limit: Bundle.configLimit, path)
        return try OCI.Process(json: bytes)
    }

    /// Stays until the program has ended, if it runs in our foreground. Restores our own terminal before it returns.
    ///
    /// - Returns: The exit status of the program; 0 if we do not wait for it.
    fileprivate mutating func attendToProgram(_ runtime: RuntimeOptions) throws(Failure) -> CInt {
        guard var foreground = foreground.take() else { return 0 }
        do throws(Failure) {
            let end = try foreground.attend(to: pidfd, pid: pid)
            for warning in foreground.warnings { runtime.warn(warning) }
            return end.shellStatus
        } catch {
            abandonProcess()
            throw error
        }
    }

    /// Kills the process, and removes its pid file, after a failure before or while its program runs. The container and
    /// what belongs to it stay.
    fileprivate mutating func abandonProcess() {
        if pidfd.isOpen { pidfd.killChild() }
        if let pidFile { PIDFile.remove(pidFile) }
    }

    /// Returns the real cause of a failure if the container has ended in the meantime: then everything of it that we
    /// used is gone.
    ///
    /// - Returns: nil if the container still runs.
    fileprivate borrowing func endOfContainer(during failure: Failure) -> Failure? {
        guard joined.isOpen else { return nil }
        guard isInitKilled || (failure.isOfDyingContainer && joined.waitUntilEnded(within: 100)) else { return nil }
        return Failure("cannot exec in a stopped container: container not running", code: .containerNotRunning)
    }

    private var isInitKilled: Bool {
        if joined.hasEnded { return true }
        do throws(Failure) { return try proc.status(of: "\(record.pid ?? 0)").isBeingKilled } catch {
            return error.errno == .ENOENT || error.errno == .ESRCH
        }
    }

    /// Replaces a failure by its real cause.
    fileprivate borrowing func explain(_ failure: Failure) -> Failure {
        guard failure.code == .initDied else { return failure }
        return Failure(
            "the process died before it became the program", cause: failure.cause,
            hint: wasKilledForMemory ? "possibly OOM-killed (memory limit too low?)" : nil,
            code: wasKilledForMemory ? .outOfMemory : nil)
    }
}

extension Failure {
    /// Whether a dying container can be the cause. What belongs to a process disappears a little before the process is
    /// seen to have ended. clone3(2) fails with ENOMEM if the init of the pid namespace is dying.
    fileprivate var isOfDyingContainer: Bool {
        guard pointer == nil else { return false }
        return code == .initDied || [.ESRCH, .ENOENT, .ENODEV, .ENOMEM, .ECONNRESET].contains(errno)
    }

    /// Adds the file that the failure's pointer leads into. A failure caused by a command-line option has no such file.
    fileprivate func placed(by options: ExecOptions) -> Failure {
        guard let pointer, !pointer.hasPrefix("/process"), !pointer.hasPrefix("/linux"), !pointer.hasPrefix("/root")
        else { return self }
        var failure = self
        failure.document = options.process
        if options.process == nil { failure.pointer = nil }
        return failure
    }
}
