import Base
import Linux

/// How init, or the process of `exec`, is made: one clone3(2), which makes the new namespaces and puts it into its cgroup.
struct CloneInit: Equatable {
    /// Whether the container has an init already, whose namespaces the new process joins.
    var joinsInit = false
    /// Whether init's own cgroup is taken where that of the container takes no births: an init that manages cgroups moves
    /// itself into one below.
    var mayFollowInit = false
    /// Those made new by the clone. Cgroup and time namespaces cannot be.
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
    /// The spec's words.
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

extension CloneInit {
    /// Makes the process. It returns twice: in the host with its pid, and in itself.
    func clone(_ session: inout HostSide) throws(Failure) -> Cloned {
        do throws(Failure) {
            return try aliveOrMoved(try clone(into: session.cgroupDirectory), &session)
        } catch  where error.errno == .EBUSY || error.errno == .EOPNOTSUPP || error.errno == .EINVAL {
            guard mayFollowInit, try session.followInit() else { return try cloneAndMove(&session, error) }
        }
        return try aliveOrMoved(try clone(into: session.cgroupDirectory), &session)
    }

    private func clone(into cgroup: CInt) throws(Failure) -> Cloned {
        do throws(Failure) { return try Linux.clone(namespaces, into: cgroup) } catch {
            throw joinsInit ? Failure("make the process", cause: error.cause) : error
        }
    }

    /// What was born, unless the kernel ended it at birth because of its cgroup: then another is made beside the host, and moved.
    ///
    /// Linux counts how often `cgroup.kill` was written to a cgroup or to one above it, and ends a new process whose cgroup
    /// was killed while it was made. With CLONE_INTO_CGROUP it compares the count of our own cgroup with that of the process's
    /// (seen on 6.18), so that the two differ for ever once either cgroup was killed alone. The signal is sent before
    /// clone3(2) returns, so one look is enough.
    private func aliveOrMoved(_ born: consuming Cloned, _ session: inout HostSide) throws(Failure) -> Cloned {
        switch consume born {
        case .child: return .child
        case .parent(let pid, let pidfd):
            guard session.cgroup != nil, try session.proc.isBeingKilled(pid) else {
                return .parent(pid: pid, pidfd: pidfd)
            }
            _ = try pidfd.wait()
            return try cloneAndMove(&session, Failure("the process died at birth"))
        }
    }

    /// For a cgroup that takes no births, as a threaded one: the process is born beside the host, and waits until it was moved.
    private func cloneAndMove(_ session: inout HostSide, _ refusal: Failure) throws(Failure) -> Cloned {
        guard session.cgroup != nil else { throw refusal }
        let ends = try SocketPair()
        switch try Linux.clone(namespaces) {
        case .child:
            let inside = ends.closingFirst()
            // The end of file: the host could not, and will say why.
            guard try inside.receive(limit: 1).bytes.count == 1 else { ThisProcess.exit(1) }
            return .child
        case .parent(let pid, let pidfd):
            let host = ends.closingSecond()
            do throws(Failure) {
                try session.withCgroup { cgroup throws(Failure) in try cgroup.add(process: pid) }
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
