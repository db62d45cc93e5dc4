import Base
import OCI

/// What the caller hands over, and what it gets back: descriptors for the program, and a socket that wants a pidfd.
struct CallerPlan {
    /// Before there is a process: one that is missing is an error before anything exists.
    let connect: [Placed<HostStep>]
    let handOverPidfd: Placed<HostStep>?

    /// - Parameters:
    ///   - kind: How the process is made, in runc's word.
    ///   - label: Of a null device of our own: `linux.mountLabel`.
    init(_ kept: KeptDescriptors, pidfd socket: PidfdSocket?, kind: String, label: String?) {
        connect = Self.connecting(kept, socket, label)
        handOverPidfd = socket.map { socket in
            host(.handOverPidfd(HandOverPidfd(socket: socket, kind: kind)), socket.pointer)
        }
    }

    @Steps<HostStep>
    private static func connecting(
        _ kept: KeptDescriptors, _ socket: PidfdSocket?, _ label: String?
    ) -> [Placed<HostStep>] {
        if kept.count > 0 { host(.checkDescriptors(CheckDescriptors(kept: kept))) }
        host(.reopenNull(ReopenNull(kept: kept, label: label)))
        if let socket { host(.connectPidfdSocket(ConnectPidfdSocket(socket: socket)), socket.pointer) }
    }
}
