import Base
import Linux
import OCI

/// `start`: lets a created container's init become its program (runtime.md, "Start").
public func start(id: String, in options: RuntimeOptions) throws(Failure) {
    let (record, config) = try openGate(try LockedContainer(try ContainerID(id), in: options.store))
    // The lock is let go: a hook may want to look after the container with another command.
    try runPoststartHooks(config, record)
}

/// - Parameter container: Locked, until its program runs.
private func openGate(_ container: consuming LockedContainer) throws(Failure) -> (StateFile, Config) {
    let record = try container.requireRecord()
    switch try container.status() {
    case .created: break
    case .stopped: throw Failure("cannot start a container that has stopped", code: .containerNotRunning)
    case .running: throw Failure("cannot start an already running container", code: .wrongState)
    case let status: throw Failure("cannot start a container in the \(status.word) state", code: .wrongState)
    }
    let config = try Bundle.parse(try container.folder.readConfig())
    try requireProcess(config)
    try StartGate.open(in: container.folder.directory)
    return (record, config)
}

/// Opens the gate, and runs the poststart hooks once the program runs.
func start(_ folder: borrowing ContainerFolder, _ record: StateFile, _ config: Config) throws(Failure) {
    try requireProcess(config)
    try StartGate.open(in: folder.directory)
    try runPoststartHooks(config, record)
}

/// A container without `process` can be created; to start it is an error (runtime.md, "Start").
private func requireProcess(_ config: Config) throws(Failure) {
    guard config.process == nil else { return }
    throw Failure(
        "process property must not be empty", pointer: "/process", hint: "start needs a process to run; create does not"
    )
}

/// A failing hook ends the container (runtime.md, "Lifecycle", step 9).
private func runPoststartHooks(_ config: Config, _ record: StateFile) throws(Failure) {
    do throws(Failure) { try runHooks(.poststart, of: config, record) } catch {
        try? signal(record, Signals.kill)
        throw error
    }
}
