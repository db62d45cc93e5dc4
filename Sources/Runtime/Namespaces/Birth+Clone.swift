import Base
import Linux

extension Birth {
    /// Makes the process. It returns twice: in the host with its pid, and in itself.
    func clone(_ session: inout HostSession) throws(Failure) -> Cloned {
        let cgroup = session.cgroupDirectory
        guard let entry = joinedUserNamespace else {
            do throws(Failure) {
                return try aliveOrMoved(try clone(into: cgroup), from: .none, &session)
            } catch  where error.errno == .EBUSY || error.errno == .EOPNOTSUPP || error.errno == .EINVAL {
                guard mayFollowInit, try session.followInit() else {
                    return try cloneAndMove(&session, from: .none, error)
                }
            }
            return try aliveOrMoved(try clone(into: session.cgroupDirectory), from: .none, &session)
        }
        let namespace = session.descriptors.take(entry)
        return try aliveOrMoved(try cloneFromInside(namespace, cgroup, session.proc), from: namespace, &session)
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
    ///
    /// - Parameter namespace: The user namespace that it is made from; none for our own.
    private func aliveOrMoved(
        _ born: consuming Cloned, from namespace: borrowing Descriptor, _ session: inout HostSession
    ) throws(Failure) -> Cloned {
        switch consume born {
        case .child: return .child
        case .parent(let pid, let pidfd):
            guard session.cgroup != nil, try session.proc.isBeingKilled(pid) else {
                return .parent(pid: pid, pidfd: pidfd)
            }
            _ = try pidfd.wait()
            return try cloneAndMove(&session, from: namespace, Failure("the process died at birth"))
        }
    }

    /// For a cgroup that takes no births, as a threaded one: the process is born beside the host, and waits until it was moved.
    private func cloneAndMove(
        _ session: inout HostSession, from namespace: borrowing Descriptor, _ refusal: Failure
    ) throws(Failure) -> Cloned {
        guard session.cgroup != nil else { throw refusal }
        let ends = try SocketPair()
        let born: Cloned
        if namespace.isOpen {
            born = try cloneFromInside(namespace, -1, session.proc)
        } else {
            born = try Linux.clone(namespaces)
        }
        switch consume born {
        case .child:
            let inside = ends.closingFirst()
            // The end of file: the host could not, and will say why.
            guard try inside.receive(limit: 1).bytes.count == 1 else { ProcessAttribute.exit(1) }
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

    /// A first child joins the user namespace and clones init as its own sibling (CLONE_PARENT), so that init is the host's
    /// child. The first child hands over init's pidfd and is gone.
    ///
    /// It clones before it takes ids of the namespace: with the host's it may still put init into the cgroup.
    private func cloneFromInside(
        _ namespace: borrowing Descriptor, _ cgroup: CInt, _ proc: borrowing Proc
    ) throws(Failure) -> Cloned {
        let ends = try SocketPair()
        switch try Linux.clone([]) {
        case .child:
            do throws(Failure) {
                try join(namespace, .user, "the user namespace")
                switch try Linux.clone(namespaces, into: cgroup, asSibling: true) {
                case .child: return .child
                case .parent(_, let pidfd): try ends.second.send([1], passing: pidfd.number)
                }
            } catch {
                try? ends.second.send(FailurePacket.encode(error))
            }
            ProcessAttribute.exit(0)
        case .parent(_, let firstChild):
            _ = try firstChild.wait()
            let host = ends.closingSecond()
            let packet = try host.receive(limit: FailurePacket.packetLimit)
            if let failure = FailurePacket.decode(packet.bytes) { throw failure }
            guard packet.bytes == [1], packet.descriptor.isOpen else {
                throw Failure("make the container's first process: the process in its user namespace died")
            }
            let pidfd = PidDescriptor(owning: packet.takeDescriptor().release())
            return .parent(pid: try proc.pid(of: pidfd), pidfd: pidfd)
        }
    }
}
