import Base
import Linux

/// Has a child open something that takes the right to mount, in a mount namespace of its own.
///
/// The root of a user namespace that has no mount namespace of its own (`unshare --map-root-user`) may mount nothing, but
/// such a child may. The child of an ordinary user may too, if it also has a user namespace of its own. What it opens
/// stays open in the parent when the child and its namespaces are gone.
///
/// - Parameters:
///   - action: What it is for, for messages.
///   - open: Opens it, in the child.
/// - Throws: ``Failure`` of `clone3`, or of `open`.
func openInMountNamespace(
    _ action: String, _ open: () throws(Failure) -> Descriptor
) throws(Failure) -> Descriptor {
    let ends = try SocketPair()
    switch try cloneToMount(action) {
    case .child:
        let inside = ends.keepSecond()
        do throws(Failure) {
            let opened = try open()
            try inside.send([1], passing: opened.number)
        } catch {
            try? inside.send(FailurePacket.encode(error))
        }
        ThisProcess.exit(0)
    case .parent(_, let pidfd):
        let host = ends.keepFirst()
        let answer = try host.receive(limit: FailurePacket.packetLimit)
        _ = try pidfd.wait()
        if let failure = FailurePacket.decode(answer.bytes) { throw failure.during(action) }
        let opened = answer.takeDescriptor()
        guard opened.isOpen else { throw Failure("\(action): the helper process died") }
        return opened
    }
}

private func cloneToMount(_ action: String) throws(Failure) -> Cloned {
    do throws(Failure) { return try clone(.mount, action) } catch  where error.errno == .EPERM {}
    do throws(Failure) { return try clone([.user, .mount], action) } catch {
        throw error.explainedForUserNamespace()
    }
}

extension Failure {
    /// Adds what may be in the way if the kernel makes no user namespace for an ordinary user.
    func explainedForUserNamespace() -> Failure {
        switch errno {
        case .EPERM, .EACCES:
            hinting(
                "no user namespace without root: look at the sysctls kernel.unprivileged_userns_clone (1 allows it), "
                    + "kernel.apparmor_restrict_unprivileged_userns (0 allows it), and at seccomp filters around us")
        case .ENOSPC:
            hinting("the limit /proc/sys/user/max_user_namespaces is reached, or the nesting is too deep")
        default: self
        }
    }
}
