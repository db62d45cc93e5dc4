import Base
import Linux
import OCI

/// A device node to make: one of the six that every container has, or an entry of `linux.devices`.
struct DeviceNode: InsideWork {
    static var word: StaticString { "make-device" }

    enum Kind: Equatable {
        case character
        case block
        case fifo
    }

    /// Cleaned, in the container.
    var path: String
    var kind: Kind
    var device: DeviceNumber
    /// `0o7777` bits.
    var mode: UInt32
    var uid: UInt32
    var gid: UInt32
    /// Whether init binds a node instead of making one. In a user namespace the kernel lets nobody make devices
    /// (mknod(2)), so init binds a node that the host made for the container, or else the host's own.
    var isBound: Bool
    /// The slot of the node that the host made; nil if the host made none.
    var slot: Slot?
    /// Whether init may bind. It may not without a mount namespace of its own: the bind would be on the host.
    var canBeBound = true

    var summary: String {
        let letter = kind == .character ? "c" : kind == .block ? "b" : "p"
        let numbers = kind == .fifo ? "" : " \(device.major):\(device.minor)"
        let other = canBeBound ? ", else bind it" : ""
        return "make the device \(path) (\(letter)\(numbers))" + (isBound ? " by a bind" : other)
    }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let parts = Path.parts(path)
        guard let name = parts.last else { throw Failure("a device cannot be the root") }
        let folder = try session.openDeviceFolder("/" + parts.dropLast().joined(separator: "/"))
        if isBound, kind != .fifo {
            try bind(name, at: folder.directory, &session)
        } else {
            do throws(Failure) {
                try make(name, at: folder.directory)
            } catch  where error.errno == .EPERM && kind != .fifo && canBeBound {
                try bind(name, at: folder.directory, &session)
            }
        }
        session.deviceFolder = folder
    }

    private func make(_ name: String, at parent: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            try parent.mknodat(name, kind: fileKind, permissions: mode, device: device)
        } catch  where error.errno == .EEXIST {
            let existing = try parent.openat(name, [.path, .noFollow]).status()
            guard existing.kind == fileKind, kind == .fifo || existing.device == device else {
                throw Failure("make the device \(path): something else is there", cause: error.cause)
            }
            if existing.permissions == mode, existing.uid == uid, existing.gid == gid { return }
            try parent.unlinkat(name)
            try parent.mknodat(name, kind: fileKind, permissions: mode, device: device)
        }
        guard uid != 0 || gid != 0 else { return }
        let node = try parent.openat(name, [.path, .noFollow])
        let made = try node.status()
        guard made.kind == fileKind, kind == .fifo || made.device == device else {
            throw Failure("make the device \(path): it was replaced meanwhile")
        }
        try node.fchownat(uid: uid, gid: gid, path)
    }

    /// Binds the node that the host made for this container, or else the host's node of the same path. It first checks
    /// that the node is the right device.
    private func bind(
        _ name: String, at parent: borrowing Descriptor, _ session: inout InsideSide
    ) throws(Failure) {
        let node = slot.map { session.descriptors.take($0) } ?? .none
        let isHosts = !node.isOpen
        let tree = isHosts ? try openTree(path, recursive: false) : node
        let status = try tree.status()
        guard status.kind == fileKind, status.device == device else {
            throw Failure(
                "bind the device \(path): the host's is another one",
                hint: "in a user namespace a device can only be the host's own, at the same path")
        }
        // A read-only mount does not stop writes to a device, but it stops a change of mode, which the node's owner
        // could make. The owner may have no id in our user namespace; then it shows as this id
        // (/proc/sys/kernel/overflowuid), and nobody here is the owner.
        let unmapped: UInt32 = 65534
        if isHosts, status.uid != unmapped { try tree.mountSetattr(set: .readOnly, path) }
        let place = try MountPoint.node(name, at: parent, path)
        try tree.moveMount(to: place, path)
    }

    /// The kind as a file's kind.
    var fileKind: FileStatus.Kind {
        switch kind {
        case .character: .characterDevice
        case .block: .blockDevice
        case .fifo: .fifo
        }
    }
}

extension InsideSide {
    /// Opens a folder for devices, and makes it if it is missing. It takes over the last one if that is the same.
    mutating func openDeviceFolder(_ path: String) throws(Failure) -> DeviceFolder {
        let last = exchange(&deviceFolder, with: .none)
        if last.directory.isOpen, last.path == path { return last }
        // An image could put a link here to have the runtime make nodes elsewhere (crun CVE-2026-47766, runc
        // CVE-2026-41579).
        let followsLinks = path != "/dev" && !Path.begins(path, with: "/dev/")
        return DeviceFolder(
            path: path, directory: try MountPoint.directory(path, inside: root, followingLinks: followsLinks))
    }
}
