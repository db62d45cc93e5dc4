import Base
import Linux
import OCI

/// `kill`: sends a signal to the container's init; SIGKILL to a container without pids of its own goes to all of its
/// processes, since the end of its init would leave the others (runtime.md, "Kill").
///
/// - Parameters:
///   - signal: Its number.
///   - all: Makes a container that has stopped no error, as in runc. If it had no pid namespace of its own, the processes that
///     are left of it get the signal.
public func kill(id: String, signal: CInt, all: Bool, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.find(id, in: options)
    let record = container.record
    if try container.status() == .stopped {
        let hasLeft = try record.sendToRest(signal: signal, all: all)
        guard all || hasLeft else { throw Failure.containerNotRunning }
        return
    }
    try container.requireLive()
    do throws(Failure) { try record.send(signal: signal) } catch {
        // It may have stopped between the look and the signal.
        guard all, error.code == .containerNotRunning else { throw error }
    }
}
