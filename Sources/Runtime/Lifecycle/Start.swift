import Base
import Linux
import OCI

/// `start`: lets a created container's init become its program (runtime.md, "Start").
public func start(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try LockedContainer(try ContainerID(id), in: options.store)
    let record = try container.requireRecord()
    switch try container.status() {
    case .created: break
    case .stopped: throw Failure("cannot start a container that has stopped")
    case .running: throw Failure("cannot start an already running container")
    case let status: throw Failure("cannot start a container in the \(status.word) state")
    }
    try start(container.folder, record, try Bundle.parse(try container.folder.readConfig()))
}

/// Opens the gate, and runs the poststart hooks once the program runs. A failing hook ends the container (runtime.md,
/// "Lifecycle", step 9).
func start(_ folder: borrowing ContainerFolder, _ record: StateFile, _ config: Config) throws(Failure) {
    try StartGate.open(in: folder.directory)
    do throws(Failure) { try runHooks(.poststart, of: config, record) } catch {
        try? signal(record, Signals.kill)
        throw error
    }
}
