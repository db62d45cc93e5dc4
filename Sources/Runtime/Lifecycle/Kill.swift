import Base
import CShim
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
    let folder = try options.store.find(try ContainerID(id))
    let record = try folder.readRecord()
    switch try folder.status(of: record, proc: try Proc.host()) {
    case .created, .running, .paused: break
    case .stopped:
        let hasLeft = try record.map { record throws(Failure) in try signalRest(of: record, signal, all: all) } ?? false
        guard all || hasLeft else { throw Failure.containerNotRunning }
        return
    case .creating: throw Failure.containerNotRunning
    }
    guard let record else { throw Failure.containerNotFound }
    do throws(Failure) { try Runtime.signal(record, signal) } catch {
        // It may have stopped between the look and the signal.
        guard all, error.code == .containerNotRunning else { throw error }
    }
}

/// Sends `number` to the container of `record`.
///
/// - Throws: ``Failure``: `container not running` where its init has ended meanwhile.
func signal(_ record: StateFile, _ number: CInt) throws(Failure) {
    let endsAll = number == SIGKILL && !record.hasPrivatePIDs && record.cgroup != nil
    if endsAll { try killRest(of: record) }
    do throws(Failure) { try record.openInit().send(signal: number) } catch
        where error.errno == .ESRCH || error.code == .containerNotRunning
    {
        // With the others it may have ended by now.
        guard endsAll else { throw Failure.containerNotRunning }
    }
    if number == SIGKILL, let cgroup = record.cgroup {
        // The kernel ends what is frozen, too; a parent that stays frozen is nothing to wait for.
        try? Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.takeFreezerBack() }
    }
}

/// Kills what is in the container's cgroup.
private func killRest(of record: StateFile) throws(Failure) {
    guard let cgroup = record.cgroup else { return }
    try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.kill() }
}

/// Sends `number` to what a container without pids of its own has left in its cgroup: with the end of its init the kernel ends
/// nobody else. SIGKILL always goes to all of them, and any other signal if `all` are meant.
///
/// - Returns: Whether there was one.
private func signalRest(of record: StateFile, _ number: CInt, all: Bool) throws(Failure) -> Bool {
    guard !record.hasPrivatePIDs, let path = record.cgroup, number == SIGKILL || all else { return false }
    var hasLeft = false
    try Cgroup.withRecorded(path) { cgroup throws(Failure) in
        hasLeft = try cgroup.isPopulated()
        if number == SIGKILL {
            try cgroup.kill()
            try? cgroup.takeFreezerBack()
        } else {
            try cgroup.send(signal: number)
        }
    }
    return hasLeft
}

extension StateFile {
    /// A pidfd of init. The number is looked at after it is held, so that it cannot be another process's.
    ///
    /// - Throws: ``Failure``: `container not running`, also where init has ended and nobody has waited for it.
    func openInit() throws(Failure) -> PidDescriptor {
        guard let pid else { throw Failure.containerNotRunning }
        let pidfd: PidDescriptor
        do throws(Failure) { pidfd = try PidDescriptor(pid: pid) } catch  where error.errno == .ESRCH {
            throw Failure.containerNotRunning
        }
        guard let now = try Proc.host().start(of: pid), now.time == start, !now.hasEnded else {
            throw Failure.containerNotRunning
        }
        return pidfd
    }
}
