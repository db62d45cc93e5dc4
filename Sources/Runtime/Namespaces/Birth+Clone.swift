import Base
import Linux

extension Birth {
    /// Makes the process. It returns twice: in the host with its pid, and in itself.
    func clone(_ session: inout HostSession) throws(Failure) -> Cloned {
        do throws(Failure) {
            return try clone(into: session.cgroupDirectory)
        } catch  where error.errno == .EBUSY || error.errno == .EOPNOTSUPP || error.errno == .EINVAL {
            guard mayFollowInit, try session.followInit() else { return try cloneAndMove(&session, error) }
        }
        return try clone(into: session.cgroupDirectory)
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
}
