import Base
import Linux
import OCI

/// Gives a tree that was opened for init the id map that its entry of `mounts` asks for (mount_setattr(2),
/// MOUNT_ATTR_IDMAP): its files are shown with other owners, and on the disk nothing changes.
///
/// Only the host may do it, since it takes CAP_SYS_ADMIN where the filesystem was mounted.
struct MapTree: HostWork {
    static var word: StaticString { "map-tree" }

    /// Where the maps come from.
    enum Maps: Equatable {
        /// A user namespace that is made for them.
        case ranges(IDMaps)
        /// The one that the container joins.
        case joined
    }

    /// The tree.
    var slot: Slot
    /// Absolute, on the host.
    var path: String
    var maps: Maps
    /// Whether the mounts below are mapped as well.
    var isRecursive: Bool

    var summary: String {
        let whole = isRecursive ? ", with all below" : ""
        switch maps {
        case .ranges(let maps): return "\(maps.summary) for \(path)\(whole)"
        case .joined: return "map ids for \(path)\(whole) as the joined user namespace does"
        }
    }

    func perform(_ session: inout HostSide) throws(Failure) {
        let namespace: Descriptor
        switch maps {
        case .ranges(let maps): namespace = try maps.namespace(session.proc)
        case .joined: namespace = try session.descriptors.duplicate(.joined(.user))
        }
        let tree = session.descriptors.take(slot)
        do throws(Failure) { try tree.mountSetattr(idmap: namespace, recursive: isRecursive, path) } catch {
            throw error.hinting(Self.hint(error.errno))
        }
        session.descriptors.put(tree, at: slot)
    }

    private static func hint(_ errno: Errno?) -> String? {
        switch errno {
        case .EINVAL:
            "the filesystem cannot be id-mapped by this kernel: tmpfs can from Linux 6.3 on, ext4, xfs and btrfs from 5.15 on"
        case .EPERM: "it is id-mapped already, or belongs to a user namespace that the runtime does not rule"
        default: nil
        }
    }
}

extension IDMaps {
    /// A user namespace with these maps and nobody in it.
    ///
    /// A process makes it, stays until the maps are written and the namespace is open, and is ended.
    func namespace(_ proc: borrowing Proc) throws(Failure) -> Descriptor {
        let ends = try SocketPair()
        let child: Cloned
        do throws(Failure) { child = try clone(.user) } catch {
            throw Failure("make a user namespace for id maps", cause: error.cause)
        }
        switch consume child {
        case .child:
            let inside = ends.closingFirst()
            // The end of file, should the host die before it ends us.
            _ = try? inside.receive(limit: 1)
            ThisProcess.exit(0)
        case .parent(let pid, let pidfd):
            let host = ends.closingSecond()
            do throws(Failure) {
                try write(for: pid, proc)
                let namespace = try proc.follow("\(pid)/ns/user", .readOnly)
                _ = consume host
                pidfd.killChild()
                return namespace
            } catch {
                pidfd.killChild()
                throw error
            }
        }
    }
}
