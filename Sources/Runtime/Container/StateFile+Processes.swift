import Base
import CShim
import Linux
import OCI

// Finds a container's processes by its record: init by its pid and start time, all of them by the cgroup.
extension StateFile {
    /// Opens a pidfd of init. The start time is checked after the pidfd is open: from then on the pidfd cannot become
    /// another process.
    ///
    /// - Throws: ``Failure``: `container not running`, also if init is a zombie, that is, has ended but nobody has
    ///   waited for it.
    func openInit() throws(Failure) -> PidDescriptor {
        guard let pid else { throw Failure.containerNotRunning }
        let pidfd: PidDescriptor
        do throws(Failure) { pidfd = try PidDescriptor(pid: pid) } catch  where error.errno == .ESRCH {
            throw Failure.containerNotRunning
        }
        guard let now = try Proc.host().stat(of: pid), now.time == start, !now.hasEnded else {
            throw Failure.containerNotRunning
        }
        return pidfd
    }

    /// Sends a signal to init. If the container has no pid namespace of its own, SIGKILL goes to all of its processes.
    ///
    /// - Throws: ``Failure``: `container not running` if init has ended, unless SIGKILL went to all processes.
    func send(signal number: CInt) throws(Failure) {
        let endsAll = number == SIGKILL && !hasPrivatePIDs && cgroup != nil
        if endsAll { try killAll() }
        do throws(Failure) { try openInit().send(signal: number) } catch
            where error.errno == .ESRCH || error.code == .containerNotRunning
        {
            // Init may have ended together with the others.
            guard endsAll else { throw Failure.containerNotRunning }
        }
        if number == SIGKILL, let cgroup {
            // The kernel kills frozen processes too, so nothing waits for the thaw. A parent cgroup may keep this one
            // frozen; we ignore that.
            try? Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.switchFreezerOff() }
        }
    }

    /// Kills the processes in the container's cgroup, if it has one.
    func killAll() throws(Failure) {
        guard let cgroup else { return }
        try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in try cgroup.kill() }
    }

    /// Sends `number` to the processes that a container without a pid namespace of its own has left in its cgroup. When
    /// its init ends, the kernel kills no others. SIGKILL always goes to all of them, any other signal only if `all` is
    /// set.
    ///
    /// - Returns: Whether the cgroup still had a process.
    func sendToRest(signal number: CInt, all: Bool) throws(Failure) -> Bool {
        guard !hasPrivatePIDs, let cgroup, number == SIGKILL || all else { return false }
        var hadProcesses = false
        try Cgroup.withRecorded(cgroup) { cgroup throws(Failure) in
            hadProcesses = try cgroup.isPopulated()
            if number == SIGKILL {
                try cgroup.kill()
                try? cgroup.switchFreezerOff()
            } else {
                try cgroup.send(signal: number)
            }
        }
        return hadProcesses
    }

    /// Kills init and waits for its end.
    func endInit() throws(Failure) {
        let pidfd: PidDescriptor
        do throws(Failure) { pidfd = try openInit() } catch  where error.code == .containerNotRunning { return }
        // Init may be gone by now: `delete --force` already kills it before it has the lock.
        do throws(Failure) { try send(signal: SIGKILL) } catch  where error.code == .containerNotRunning {}
        guard pidfd.waitUntilEnded(within: patienceMilliseconds) else {
            throw Failure(
                "container init still running",
                hint: "process \(pid ?? 0) did not end within \(patienceMilliseconds / 1000) s of SIGKILL",
                code: .timedOut)
        }
    }

    /// Lends the container's cgroup to `body`.
    ///
    /// - Parameter deed: What the cgroup is needed for, for the failure.
    /// - Throws: ``Failure`` if the container has no cgroup, or the cgroup is gone.
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
