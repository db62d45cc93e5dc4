import Base
import CShim
import Linux
import OCI

/// `start`: lets a created container's init become its program (runtime.md, "Start").
///
/// - Parameter manager: `NOTIFY_SOCKET`, at which a service manager waits to hear that the program is ready. Then this
///   function returns only after the program is ready or has ended.
public func start(id: String, notifying manager: String? = nil, in options: RuntimeOptions) throws(Failure) {
    var relay = NotifyRelay.none
    var process = PidDescriptor.none
    let (record, config) = try openGate(
        try Container.lock(id, in: options), manager, &relay, &process)
    // The lock is free again here: a hook may want to run another command on the container.
    try runPoststartHooks(config, record)
    waitUntilReady(&relay, process, record, options)
}

/// Waits until the program is ready, if a service manager wants to know. A failure gives only a warning, because the
/// program runs.
func waitUntilReady(
    _ relay: inout NotifyRelay, _ process: borrowing PidDescriptor, _ record: StateFile, _ options: RuntimeOptions
) {
    do throws(Failure) { try relay.waitUntilReady(process, pid: record.pid ?? 0) } catch { options.warn(error) }
}

/// Opens the gate of a created container.
///
/// - Parameter container: Locked until its program runs.
private func openGate(
    _ container: consuming Container, _ manager: String?, _ relay: inout NotifyRelay,
    _ process: inout PidDescriptor
) throws(Failure) -> (StateFile, Config) {
    let record = container.record
    switch try container.status() {
    case .created: break
    case .stopped: throw Failure("cannot start a container that has stopped", code: .containerNotRunning)
    case .running: throw Failure("cannot start an already running container", code: .wrongState)
    case let status: throw Failure("cannot start a container in the \(status.word) state", code: .wrongState)
    }
    let config = try container.config()
    try requireProcess(config)
    relay = try NotifyRelay.open(in: container.folder, to: manager)
    if relay.isOpen { process = try record.openInit() }
    if record.isOfRunc {
        try RuncGate.open(in: container.folder.directory, try record.openInit())
    } else {
        try StartGate.open(in: container.folder.directory, pid: record.pid ?? 0)
    }
    return (record, config)
}

/// Opens the gate of a container that nobody else can start.
func openGate(in folder: borrowing ContainerFolder, _ config: Config, _ record: StateFile) throws(Failure) {
    try requireProcess(config)
    try StartGate.open(in: folder.directory, pid: record.pid ?? 0)
}

/// Refuses a container without `process`. It can be created, but starting it is an error (runtime.md, "Start").
private func requireProcess(_ config: Config) throws(Failure) {
    guard config.process == nil else { return }
    throw Failure(
        "process property must not be empty", pointer: "/process", hint: "start needs a process to run; create does not"
    )
}

/// Runs the poststart hooks after the program has started. If a hook fails, kills the container (runtime.md,
/// "Lifecycle", step 9).
func runPoststartHooks(_ config: Config, _ record: StateFile) throws(Failure) {
    do throws(Failure) { try runHooks(.poststart, of: config, record) } catch {
        try? record.send(signal: SIGKILL)
        throw error
    }
}
