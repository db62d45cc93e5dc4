import Base
import Linux
import OCI

/// Makes, in the host, the nodes that init cannot make itself, or should not take from the container's /dev.
///
/// In a user namespace the kernel lets nobody make device nodes, so init binds them. The host's own node is enough if
/// it is the same device at the same path, and if its owner is not a user of the container, who could change its mode.
/// Otherwise the host makes one.
struct MakeNodes: HostWork {
    static var word: StaticString { "make-nodes" }

    /// A device, with its owner as the host numbers it.
    struct Node: Equatable {
        var device: DeviceNode
        var uid: UInt32
        var gid: UInt32
    }

    var nodes: [Node]
    /// The users of the host that the container has; nil if config.json does not say.
    var uids: [IDMapping]?
    /// `linux.mountLabel`.
    var label: String?

    var summary: String {
        let names = nodes.map { " \($0.device.path)" }.joined()
        return "make nodes of our own: a null device"
            + (names.isEmpty ? "" : ", and if the host's are missing, or would be the container's:\(names)")
            + ", else leave that to init"
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        let made = session.descriptors.take(.nodes)
        // A null device that stands in for the caller's (``ReopenNull``) is enough if no other node is needed.
        if made.isOpen, nodes.isEmpty { return session.descriptors.put(made, at: .nodes) }
        do throws(Failure) { session.descriptors.put(try folder(), at: .nodes) } catch  where error.errno == .EPERM {}
    }

    private func folder() throws(Failure) -> Descriptor {
        let folder = try OwnNodes.folder(label: label, more: nodes.count)
        for (index, node) in nodes.enumerated() where !hostHas(node.device) { try node.make("\(index)", at: folder) }
        return folder
    }

    /// Whether the host has the same device, owned by no user of the container.
    private func hostHas(_ device: DeviceNode) -> Bool {
        guard let found = try? status(device.path), found.kind == device.fileKind, found.device == device.device,
            let uids
        else { return false }
        return !uids.contains { $0.hostID <= found.uid && found.uid - $0.hostID < $0.size }
    }
}

extension MakeNodes.Node {
    fileprivate func make(_ name: String, at folder: borrowing Descriptor) throws(Failure) {
        try folder.mknodat(name, kind: device.fileKind, permissions: 0o600, device: device.device)
        let node = try folder.openat(name, [.path, .noFollow])
        try node.fchownat(uid: uid, gid: gid, device.path)
        try folder.fchmodat(name, mode: device.mode)
    }
}

/// Opens, in init, a mount for each of those nodes and for the empty directory, to be attached later.
///
/// Before Linux 6.15 open_tree(2) copies only a mount that is attached in our own mount namespace. So init attaches
/// the tmpfs to the container's root for a moment. That hides nothing from init, which has the root open already.
struct TakeNodes: InsideWork {
    static var word: StaticString { "take-nodes" }

    var count: Int

    var summary: String { "take the nodes of our own, else a read-only bind of the host's null device" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let made = session.descriptors.take(.nodes)
        let folder = made.isOpen ? made : try Self.emptyFolder()
        try folder.moveMount(to: session.root, "the nodes of our own")
        let empty = try take("empty", of: folder)
        try empty.mountSetattr(set: .readOnly, "an empty directory")
        session.emptyDirectory = Cover(empty)
        do throws(Failure) { session.null = Cover(try take("null", of: folder)) } catch  where error.errno == .ENOENT {
            session.null = Cover(try OwnNodes.readOnlyNull())
        }
        for index in 0..<count {
            do throws(Failure) {
                session.descriptors.put(try take("\(index)", of: folder), at: .node(index))
            } catch  where error.errno == .ENOENT {}
        }
        try folder.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }

    private func take(_ name: String, of folder: borrowing Descriptor) throws(Failure) -> Descriptor {
        try folder.openat(name, [.path, .noFollow]).openTree(recursive: false, name)
    }

    /// Makes the tmpfs with what init can make itself, if the host could not make it: the empty directory.
    private static func emptyFolder() throws(Failure) -> Descriptor {
        let context = try fsopen("tmpfs")
        try context.fsconfig("nr_blocks", "1")
        try context.fsconfig("nr_inodes", "2")
        let folder = try context.fsmount([.noSetuid, .noExecute])
        try folder.mkdirat("empty", mode: 0o555)
        return folder
    }
}
