import Base
import CShim
import Linux
import OCI

// The processes of a container, found by what is on record of it: its init by pid and start time, all of them by the cgroup.
extension StateFile {
    /// A pidfd of init. The number is looked at after it is held, so that it cannot be another process's.
    ///
    /// - Throws: ``Failure``: `container not running`, also if init has ended and nobody has waited for it.
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

    /// Sends a signal to init; SIGKILL of a container without a pid namespace of its own goes to all of its processes.
    ///
    /// - Throws: ``Failure``: `container not running` if its init has ended meanwhile.
    func send(signal number: CInt) throws(Failure) {
        let endsAll = number == SIGKILL && !hasPrivatePIDs && cgroup != nil
        if endsAll { try killAll() }
        do throws(Failure) { try openInit().send(signal: number) } catch
            where error.errno == .ESRCH || error.code == .containerNotRunning
        {
            // With the others it may have ended by now.
            guard endsAll else { throw Failure.containerNotRunning }
        }
        if number == SIGKILL, let cgroup {
            // The kernel ends what is frozen, too; a parent that stays frozen is nothing to wait for.
            try? Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.takeFreezerBack() }
        }
    }

    /// Kills what is in the container's cgroup, if it has one.
    func killAll() throws(Failure) {
        guard let cgroup else { return }
        try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.kill() }
    }

    /// Sends `number` to what a container without pids of its own has left in its cgroup: with the end of its init the kernel
    /// ends nobody else. SIGKILL always goes to all of them, and any other signal if `all` are meant.
    ///
    /// - Returns: Whether there was one.
    func sendToRest(signal number: CInt, all: Bool) throws(Failure) -> Bool {
        guard !hasPrivatePIDs, let cgroup, number == SIGKILL || all else { return false }
        var hasLeft = false
        try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in
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

    /// Kills init and waits for its end.
    func endInit() throws(Failure) {
        let pidfd: PidDescriptor
        do throws(Failure) { pidfd = try openInit() } catch  where error.code == .containerNotRunning { return }
        // It may be gone by now, since it was killed before the lock was had.
        do throws(Failure) { try send(signal: SIGKILL) } catch  where error.code == .containerNotRunning {}
        guard pidfd.hasEnded(within: patience) else {
            throw Failure(
                "container init still running",
                hint: "process \(pid ?? 0) did not end within \(patience / 1000) s of SIGKILL", code: .timedOut)
        }
    }

    /// Lends the container's cgroup to `body`.
    ///
    /// - Parameter deed: What the cgroup is needed for.
    /// - Throws: ``Failure`` if the container has no cgroup, or it is gone.
    func withCgroup(
        to deed: String, _ body: (borrowing Cgroup) throws(Failure) -> Void
    ) throws(Failure) {
        guard let path = cgroup else {
            throw Failure("cannot \(deed) container \(id): it has no cgroup", hint: "it was made without one")
        }
        guard let cgroup = try Cgroup.open(try CgroupPath(recorded: path)) else {
            throw Failure("cannot \(deed) container \(id): its cgroup \(path) is gone")
        }
        try body(cgroup)
    }
}
