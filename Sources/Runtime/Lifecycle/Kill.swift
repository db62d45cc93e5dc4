import Base
import Linux
import OCI

/// `kill`: sends a signal to the container's init. If the container has no pid namespace of its own, SIGKILL goes to
/// all of its processes, because the end of its init would leave the others running (runtime.md, "Kill").
///
/// - Parameters:
///   - signal: The number of the signal.
///   - all: Whether it is no error if the container has stopped, as in runc. If the container had no pid namespace of
///     its own, the signal goes to the processes that are left.
public func kill(id: String, signal: CInt, all: Bool, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.find(id, in: options)
    let record = container.record
    let status = try container.status()
    if status == .stopped {
        let hadProcesses = try record.sendToRest(signal: signal, all: all)
        guard all || hadProcesses else { throw Failure.containerNotRunning }
        return
    }
    guard status != .creating else { throw Failure.containerNotRunning }
    do throws(Failure) { try record.send(signal: signal) } catch {
        // The container may have stopped since we looked.
        guard all, error.code == .containerNotRunning else { throw error }
    }
}
