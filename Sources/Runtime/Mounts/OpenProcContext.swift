import Base
import Linux
import OCI

/// Opens the filesystem context for a procfs of a pid namespace that the container joins; init then mounts it.
///
/// A procfs shows the pid namespace of the process that opens its context (fsopen(2)). init is in none of the
/// container's pid namespaces while it makes mounts (``Succession``), so the host sends a process into the pid
/// namespace for this one call. Processes in there can see it for a moment, but cannot reach the host through it: it
/// has namespaces of its own, an empty directory as its root, and no descriptor but a socket.
struct OpenProcContext: HostWork {
    static var word: StaticString { "open-proc-context" }

    /// Where the host leaves the context.
    var slot: Slot
    /// Whether only the root of the container's user namespace, which exists already, may enter the pid namespace.
    var joinsUser = false

    var summary: String { "open the context of a procfs of the joined pid namespace, by a process in an empty root" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let namespace = try session.descriptors.duplicate(.joined(.pid))
        let owner = joinsUser ? try session.descriptors.duplicate(.joined(.user)) : .none
        let ends = try SocketPair()
        switch try clone(joinsUser ? [] : Self.own) {
        case .child:
            Self.send(namespace, of: owner, ends.keepSecond())
        case .parent(_, let pidfd):
            let host = ends.keepFirst()
            defer { pidfd.killChild() }
            guard host.waitUntilReadable(within: patienceMilliseconds) else {
                throw Failure("open a procfs of the joined pid namespace", "poll", .ETIMEDOUT)
            }
            let packet = try host.receive(limit: FailurePacket.packetLimit)
            if let failure = FailurePacket.decode(packet.bytes) { throw failure }
            let context = packet.takeDescriptor()
            guard context.isOpen else { throw Failure("open a procfs of the joined pid namespace: it was prevented") }
            session.descriptors.put(context, at: slot)
        }
    }

    /// Runs in the first child, which is outside the pid namespace and so invisible there. It drops everything it has,
    /// and clones the process that enters the pid namespace: setns(2) with a pid namespace acts only on later
    /// children.
    private static func send(
        _ namespace: consuming Descriptor, of owner: consuming Descriptor, _ socket: consuming Descriptor
    ) -> Never {
        do throws(Failure) {
            if owner.isOpen {
                try owner.setns(.user, "the user namespace")
                try unshare(own)
            }
            owner = .none
            ThisProcess.overwriteArgumentsAndEnvironment(title: "apus init")
            for number in CInt(0)...2 { try dup3(socket.number, onto: number) }
            try ThisProcess.closeRange(above: 2, except: [socket.number, namespace.number])
            try enterEmptyRoot()
            try namespace.setns(.pid, "the pid namespace")
            namespace = .none
            switch try clone([]) {
            case .child:
                let context = try fsopen("proc").release()
                try socket.send([1], passing: context.number)
            case .parent(_, let pidfd):
                _ = try pidfd.wait()
            }
        } catch {
            try? socket.send(FailurePacket.encode(error))
        }
        ThisProcess.exit(0)
    }

    /// The namespaces that the process makes for itself.
    private static var own: NamespaceFlags { [.mount, .network, .ipc, .uts] }

    private static func enterEmptyRoot() throws(Failure) {
        let old = try open("/", [.path, .directory])
        // Otherwise the new mount would reach the host too.
        try old.mountSetattr(propagation: .private, recursive: true, "/")
        let empty = try fsopen("tmpfs").fsmount(.readOnly)
        try empty.moveMount(to: old, "an empty root")
        try empty.fchdir()
        try pivotRoot(".", ".")
        try old.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }
}
