import Base
import OCI

/// What the caller hands over and what it gets back: descriptors for the program, and a socket that receives a pidfd.
struct CallerPlan {
    /// Steps for the time before there is a process, so that a missing descriptor or receiver fails before anything
    /// exists.
    let connect: [Placed<HostStep>]
    let handOverPidfd: Placed<HostStep>?

    /// - Parameters:
    ///   - kind: How the process is made, in runc's word.
    ///   - hasHostsRoot: Whether the container's root may be the owner of the host's /dev/null.
    ///   - label: The label of a null device that we make ourselves: `linux.mountLabel`.
    init(_ kept: KeptDescriptors, pidfd socket: PidfdSocket?, kind: String, label: String?, hasHostsRoot: Bool) {
        connect = Self.connecting(kept, socket, hasHostsRoot ? ReopenNull(kept: kept, label: label) : nil)
        handOverPidfd = socket.map { socket in
            host(.handOverPidfd(HandOverPidfd(socket: socket, kind: kind)), socket.pointer)
        }
    }

    @Steps<HostStep>
    private static func connecting(
        _ kept: KeptDescriptors, _ socket: PidfdSocket?, _ reopenNull: ReopenNull?
    ) -> [Placed<HostStep>] {
        if kept.count > 0 { host(.checkDescriptors(CheckDescriptors(kept: kept))) }
        if let reopenNull { host(.reopenNull(reopenNull)) }
        if let socket { host(.connectPidfdSocket(ConnectPidfdSocket(socket: socket)), socket.pointer) }
    }
}
