import Base
import Linux

extension Birth {
    /// Makes the process. It returns twice: in the host with its pid, and in itself.
    func clone(_ session: inout HostSession) throws(Failure) -> Cloned {
        let cgroup = session.cgroupDirectory
        guard let entry = joinedUserNamespace else {
            do throws(Failure) {
                return try clone(into: cgroup)
            } catch  where error.errno == .EBUSY || error.errno == .EOPNOTSUPP || error.errno == .EINVAL {
                guard mayFollowInit, try session.followInit() else { return try cloneAndMove(&session, error) }
            }
            return try clone(into: session.cgroupDirectory)
        }
        return try cloneFromInside(session.descriptors.take(entry), cgroup, session.proc)
    }

    private func clone(into cgroup: CInt) throws(Failure) -> Cloned {
        do throws(Failure) { return try Linux.clone(namespaces, into: cgroup) } catch {
            throw joinsInit ? Failure("make the process", cause: error.cause) : error
        }
    }

    /// For a cgroup that takes no births, as a threaded one: the process is born beside the host, and waits until it was moved.
    private func cloneAndMove(_ session: inout HostSession, _ refusal: Failure) throws(Failure) -> Cloned {
        guard session.cgroup != nil else { throw refusal }
        let ends = try SocketPair()
        switch try Linux.clone(namespaces) {
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
        _ namespace: consuming Descriptor, _ cgroup: CInt, _ proc: borrowing Proc
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
