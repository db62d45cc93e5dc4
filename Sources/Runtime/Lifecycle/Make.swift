import Base
import Linux
import OCI

/// A container that has been made and waits at its gate.
struct MadeContainer: ~Copyable {
    let folder: ContainerFolder
    let record: StateFile
    let pidfd: PidDescriptor
    let config: Config
}

extension HostSession {
    /// The container that was made, once the walk is over.
    consuming func madeContainer(_ config: Config) -> MadeContainer {
        MadeContainer(folder: folder, record: record, pidfd: pidfd, config: config)
    }
}

/// Makes a container, up to where its init waits for `start`: decides the script, walks it, and where that fails leaves
/// nothing behind.
struct Make {
    let id: ContainerID
    let options: CreateOptions
    let runtime: RuntimeOptions

    func perform() throws(Failure) -> MadeContainer {
        let trace = try runtime.openTrace()
        try options.refuseUnsupported()
        var pidFile = options.pidFile
        if let path = pidFile { pidFile = try absolute(path) }
        var configFile = options.config
        if let path = configFile { configFile = try absolute(path) }
        let bundle = try Bundle.enter(options.bundle, config: configFile)
        var request = try Request(
            id: id, bundle: bundle, pidFile: pidFile, keepsKeyring: options.noNewKeyring, runtime: runtime)
        request.noPivot = options.noPivot
        let facts = try HostFacts.read()
        try facts.check()
        let script = try Script(request, on: facts)
        var session = try HostSession(trace: trace)
        do throws(Failure) {
            try perform(script, &session)
        } catch {
            abandon(&session, bundle.config)
            for note in session.notes where !note.isEmpty { runtime.note(note) }
            throw error
        }
        for note in session.notes where !note.isEmpty { runtime.note(note) }
        for warning in script.warnings + session.warnings { runtime.warn(warning) }
        return session.madeContainer(bundle.config)
    }

    private func perform(_ script: Script, _ session: inout HostSession) throws(Failure) {
        do throws(Failure) {
            try script.perform(&session)
        } catch  where error.isDeathOfInit && session.wasKilledForMemory {
            throw Failure(
                "container init was OOM-killed (memory limit too low?)", pointer: "/linux/resources/memory/limit",
                code: .outOfMemory)
        }
    }

    private func absolute(_ path: String) throws(Failure) -> String {
        path.utf8.first == UInt8(ascii: "/") ? path : "\(try ProcessAttribute.currentDirectory())/\(path)"
    }
}
