import Base
import Linux

/// Makes init, or the process of `exec`: one clone3(2) makes the new namespaces and puts the process into its cgroup.
struct CloneInit: Equatable {
    /// Whether the container already has an init, whose namespaces the new process joins.
    var joinsInit = false
    /// Whether to use init's own cgroup if the container's cgroup refuses new processes. An init that manages cgroups,
    /// such as systemd, moves itself into a cgroup below the container's and enables controllers there; then the
    /// container's own may hold no processes (cgroups(7), "no internal processes").
    var mayFollowInit = false
    /// The namespaces that the clone makes. Cgroup and time namespaces are made later or earlier: a cgroup namespace
    /// made by the clone would have the host's cgroup as its root, and the clocks of a time namespace can be set only
    /// before its first process (time_namespaces(7)).
    var namespaces: NamespaceFlags = []

    var summary: String {
        var text = "clone \(joinsInit ? "the process" : "init")"
        if mayFollowInit { text += ", in init's own cgroup where the container's takes none" }
        let words = namespaces.words
        if !words.isEmpty { text += " with new namespaces: \(words.joined(separator: ", "))" }
        return text
    }
}

extension NamespaceFlags {
    /// The spec's words for these kinds.
    var words: [String] {
        var words: [String] = []
        if contains(.user) { words.append("user") }
        if contains(.mount) { words.append("mount") }
        if contains(.pid) { words.append("pid") }
        if contains(.network) { words.append("network") }
        if contains(.ipc) { words.append("ipc") }
        if contains(.uts) { words.append("uts") }
        if contains(.cgroup) { words.append("cgroup") }
        if contains(.time) { words.append("time") }
        return words
    }
}

extension HostSide {
    /// Moves a process into the container's cgroup.
    fileprivate borrowing func move(_ pid: Int32) throws(Failure) {
        do throws(Failure) {
            try withCgroup { cgroup throws(Failure) in try cgroup.add(process: pid) }
        } catch {
            guard let buses, error.errno == .EACCES else { throw error }
            try record.attach(pid, by: buses)
        }
    }
}

extension CloneInit {
    /// Makes the process. Like fork(2) it returns twice: in the host with the pid, and in the new process.
    func clone(_ session: inout HostSide) throws(Failure) -> Cloned {
        do throws(Failure) {
            return try aliveOrMoved(try clone(into: session.cgroupDirectory), &session)
        } catch  where error.errno == .EAGAIN && session.unitHolder.isOpen {
            // A limit of one process: the one that holds the unit has the place. A move is not limited.
            return try cloneAndMove(&session, error)
        } catch  where error.errno == .EACCES && session.buses != nil {
            // A user's systemd may move what the user may not: init comes from another session than the unit.
            return try cloneAndMove(&session, error)
        } catch  where error.errno == .EBUSY || error.errno == .EOPNOTSUPP || error.errno == .EINVAL {
            guard mayFollowInit, try session.followInit() else { return try cloneAndMove(&session, error) }
        } catch  where error.errno == .EACCES && joinsInit && session.record.isRootless {
            // As runc does: the owner may be in another login session than the container.
            session.warn(
                Failure("the process is outside of the container's cgroup and its limits", cause: error.cause)
                    .hinting(error.hint))
            return try clone(into: -1)
        }
        return try aliveOrMoved(try clone(into: session.cgroupDirectory), &session)
    }

    private var action: String { joinsInit ? "make the process" : "make the container's first process" }

    private func clone(into cgroup: CInt) throws(Failure) -> Cloned {
        do throws(Failure) { return try Linux.clone(namespaces, into: cgroup, action) } catch {
            guard Identity.effectiveUser != 0 else { throw error }
            if cgroup >= 0, error.errno == .EACCES {
                throw error.hinting(
                    "the container's cgroup and our own must be in one that was delegated to you: its cgroup.procs decides"
                )
            }
            throw namespaces.contains(.user) ? error.explainedForUserNamespace() : error
        }
    }

    /// Returns the new process, unless the kernel killed it at birth because of its cgroup. In that case makes another
    /// one in the host's cgroup and moves it.
    ///
    /// Linux counts how often `cgroup.kill` was written to a cgroup or to one above it, and kills a new process if its
    /// cgroup was killed while it was being made. With CLONE_INTO_CGROUP the kernel compares the count of our own
    /// cgroup with the count of the new process's cgroup (seen on 6.18). Once either cgroup was killed alone, the two
    /// counts differ for ever. The kernel sends the signal before clone3(2) returns, so one look is enough.
    private func aliveOrMoved(_ born: consuming Cloned, _ session: inout HostSide) throws(Failure) -> Cloned {
        switch consume born {
        case .child: return .child
        case .parent(let pid, let pidfd):
            guard session.cgroup != nil, try session.proc.status(of: "\(pid)").isBeingKilled else {
                return .parent(pid: pid, pidfd: pidfd)
            }
            _ = try pidfd.wait()
            return try cloneAndMove(&session, Failure("the process died at birth"))
        }
    }

    /// Some cgroups (threaded ones) refuse CLONE_INTO_CGROUP. Then the child starts in our cgroup and waits until we
    /// have moved it.
    private func cloneAndMove(_ session: inout HostSide, _ refusal: Failure) throws(Failure) -> Cloned {
        guard session.cgroup != nil else { throw refusal }
        let ends = try SocketPair()
        switch try Linux.clone(namespaces, action) {
        case .child:
            let inside = ends.keepSecond()
            // At the end of file the host could not move us. The host reports the reason.
            guard try inside.receive(limit: 1).bytes.count == 1 else { ThisProcess.exit(1) }
            return .child
        case .parent(let pid, let pidfd):
            let host = ends.keepFirst()
            do throws(Failure) {
                try session.move(pid)
                try host.send([1])
            } catch {
                _ = consume host
                _ = try? pidfd.wait()
                throw error
            }
            return .parent(pid: pid, pidfd: pidfd)
        }
    }
}
