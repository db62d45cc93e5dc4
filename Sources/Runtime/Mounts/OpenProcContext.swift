import Base
import Linux
import OCI

/// Opens the filesystem context of a procfs of a pid namespace that the container joins; init makes the mount of it.
///
/// A procfs is of the pid namespace of the process that opens its context (fsopen(2)), and init is in none of the container's
/// while it makes mounts (``Succession``). So a process is sent into the pid namespace for this one call. What is in there can see
/// it for a moment, and nothing of the host by it: it has namespaces of its own, an empty directory for its root, and no
/// descriptor but a socket.
struct OpenProcContext: HostWork {
    static var word: StaticString { "open-proc-context" }

    /// Where the context goes.
    var slot: Slot

    var summary: String { "open the context of a procfs of the joined pid namespace, by a process in an empty root" }

    func perform(_ session: inout HostSide) throws(Failure) {
        let namespace = try session.descriptors.duplicate(.joined(.pid))
        let ends = try SocketPair()
        switch try clone([.mount, .network, .ipc, .uts]) {
        case .child:
            Self.send(namespace, ends.closingFirst())
        case .parent(_, let pidfd):
            let host = ends.closingSecond()
            defer { pidfd.killChild() }
            guard host.isReadable(within: patience) else {
                throw Failure("open a procfs of the joined pid namespace", "poll", .ETIMEDOUT)
            }
            let packet = try host.receive(limit: FailurePacket.packetLimit)
            if let failure = FailurePacket.decode(packet.bytes) { throw failure }
            let context = packet.takeDescriptor()
            guard context.isOpen else { throw Failure("open a procfs of the joined pid namespace: it was prevented") }
            session.descriptors.put(context, at: slot)
        }
    }

    /// In the first process, which nobody in there sees: leaves everything, and makes the one that is sent.
    private static func send(_ namespace: consuming Descriptor, _ socket: consuming Descriptor) -> Never {
        do throws(Failure) {
            ProcessAttribute.forgetArguments(as: "apus init")
            for number in CInt(0)...2 { try replaceUntilExec(number, by: socket.number) }
            try ProcessAttribute.closeDescriptors(above: 2, except: [socket.number, namespace.number])
            try enterEmptyRoot()
            try join(namespace, .pid, "the pid namespace")
            namespace = .none
            switch try clone([]) {
            case .child:
                let context = try FilesystemContext("proc").release()
                try socket.send([1], passing: context.number)
            case .parent(_, let pidfd):
                _ = try pidfd.wait()
            }
        } catch {
            try? socket.send(FailurePacket.encode(error))
        }
        ProcessAttribute.exit(0)
    }

    private static func enterEmptyRoot() throws(Failure) {
        let old = try open("/", [.path, .directory])
        // Else the host would get the new mount as well.
        try setAttributes(of: old, propagation: .privately, recursive: true, "/")
        let empty = try FilesystemContext("tmpfs").mount(.readOnly)
        try attach(empty, to: old, "an empty root")
        try enter(empty)
        try pivotRootHere()
        try enter(old)
        try detachMount(".")
        try enter("/")
    }
}
