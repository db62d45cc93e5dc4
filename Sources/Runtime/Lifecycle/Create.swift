import Base
import Linux
import OCI

/// `create`: makes a container that waits for `start` (runtime.md, "Create"). Call ``sealProgram(for:in:)-(CreateOptions,_)``
/// before.
public func create(id: String, options: CreateOptions, in runtime: RuntimeOptions) throws(Failure) {
    let id = try ContainerID(id)
    let make = CreateContainer(id: id, options: options, start: .atGate, detaches: true, runtime: runtime)
    _ = try make.perform()
}

/// A container that is made: it waits at its gate, or its program runs.
struct MadeContainer: ~Copyable {
    let folder: ContainerFolder
    let record: StateFile
    let pidfd: PidDescriptor
    let config: Config
    /// The master of its terminal, if the runtime has it, and our own terminal, which shows it.
    var terminal: Descriptor
    var hostTerminal: HostTerminal
    /// Whether its program runs already.
    let isStarted: Bool
    /// Set if its program runs in the foreground.
    var foreground: Foreground?
}

extension HostSide {
    /// Returns the made container, after the walk.
    consuming func madeContainer(_ config: Config, isStarted: Bool) -> MadeContainer {
        MadeContainer(
            folder: folder, record: record, pidfd: pidfd, config: config, terminal: terminal,
            hostTerminal: hostTerminal, isStarted: isStarted, foreground: foreground)
    }
}

/// Makes a container, up to the point where its init waits for `start`, or starts its program. It decides the script and walks it. If that
/// fails, it leaves nothing behind.
struct CreateContainer {
    let id: ContainerID
    let options: CreateOptions
    let start: CreateRequest.Start
    /// Whether the runtime exits after it has made or started the container.
    let detaches: Bool
    let runtime: RuntimeOptions

    /// The caller's descriptors that the paths in the options lead through.
    var named: NamedDescriptors {
        get throws(Failure) {
            NamedDescriptors(options.paths + runtime.paths, above: try options.keptDescriptors.last)
        }
    }

    func perform() throws(Failure) -> MadeContainer {
        let trace = try runtime.openTrace()
        let bundle = try Bundle.enter(options.bundle, config: options.config)
        var request = try CreateRequest(
            id: id, bundle: bundle, pidFile: options.pidFile, noNewKeyring: options.noNewKeyring, runtime: runtime)
        request.noPivot = options.noPivot
        request.terminal = try TerminalReceiver(
            bundle.config.process, socket: options.consoleSocket, detaches: detaches)
        request.kept = try options.keptDescriptors
        request.pidfdSocket = options.pidfdSocket.map { PidfdSocket(path: $0) }
        request.notifies = options.notifySocket != nil
        // A container without a process can be made, but not started.
        request.start = bundle.config.process == nil ? .atGate : start
        var session = try HostSide(trace: trace)
        var facts = try HostFacts.read(session.proc)
        try facts.check(hasUserNamespace: bundle.config.linux?.namespaces?.contains { $0.type == .user } ?? false)
        try facts.readSystemd(runtime)
        let script = try Script(request, on: facts)
        session.named = try named
        do throws(Failure) {
            try perform(script, &session)
        } catch {
            let failedHooks = abandon(&session, bundle.config)
            // As `delete` warns of them: the container was there to be started.
            if request.start != .atGate { for warning in failedHooks { runtime.warn(warning) } }
            for note in session.notes where !note.isEmpty { runtime.note(note) }
            throw error
        }
        for note in session.notes where !note.isEmpty { runtime.note(note) }
        for warning in script.warnings + session.warnings { runtime.warn(warning) }
        return session.madeContainer(bundle.config, isStarted: request.start != .atGate)
    }

    private func perform(_ script: Script, _ session: inout HostSide) throws(Failure) {
        do throws(Failure) {
            try script.perform(&session)
        } catch  where error.code == .initDied && session.wasKilledForMemory {
            throw Failure(
                "container init was OOM-killed (memory limit too low?)", pointer: "/linux/resources/memory/limit",
                code: .outOfMemory)
        }
    }
}
