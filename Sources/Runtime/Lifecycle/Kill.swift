import Base
import Linux
import OCI

/// `kill`: sends a signal to the container's init; SIGKILL to a container without pids of its own goes to all of its
/// processes, since the end of its init would leave the others (runtime.md, "Kill").
///
/// - Parameters:
///   - signal: Its number.
///   - all: Only makes a container that has stopped no error, as in runc.
public func kill(id: String, signal: CInt, all: Bool, in options: RuntimeOptions) throws(Failure) {
    let folder = try options.store.find(try ContainerID(id))
    let record = try folder.readRecord()
    switch try folder.status(of: record, proc: try Proc.host()) {
    case .created, .running, .paused: break
    case .stopped where all: return
    case .stopped, .creating: throw Failure.containerNotRunning
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
    if number == Signals.kill, !record.hasPrivatePIDs, let cgroup = record.cgroup {
        try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.kill() }
    } else {
        do throws(Failure) { try record.openInit().send(signal: number) } catch  where error.errno == .ESRCH {
            throw Failure.containerNotRunning
        }
    }
    if number == Signals.kill, let cgroup = record.cgroup {
        // The kernel ends what is frozen, too; a parent that stays frozen is nothing to wait for.
        try? Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.takeFreezerBack() }
    }
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
