import Base
import Linux
import OCI

/// Gives a tree that was opened for init the id map that its entry of `mounts` asks for (mount_setattr(2),
/// MOUNT_ATTR_IDMAP). The files then appear with other owners; nothing changes on the disk.
///
/// Only the host can do this, since the kernel wants CAP_SYS_ADMIN in the user namespace in which the filesystem was
/// mounted.
struct MapTree: HostWork {
    static var word: StaticString { "map-tree" }

    /// Where the maps come from.
    enum Maps: Equatable {
        /// A user namespace that the host makes for these maps.
        case ranges(IDMaps)
        /// The user namespace that the container joins.
        case joined
    }

    /// The slot of the tree, which stays there.
    var slot: Slot
    /// Absolute, on the host.
    var path: String
    var maps: Maps
    /// Whether the mounts below are mapped too.
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
    /// Makes a user namespace with these maps and no process in it.
    ///
    /// The kernel has no call for this. A child process makes the namespace and waits until the maps are written and
    /// the namespace is open; then the host kills it.
    func namespace(_ proc: borrowing Proc) throws(Failure) -> Descriptor {
        let ends = try SocketPair()
        let child: Cloned
        do throws(Failure) { child = try clone(.user) } catch {
            throw Failure("make a user namespace for id maps", cause: error.cause)
        }
        switch consume child {
        case .child:
            let inside = ends.keepSecond()
            // Returns at the end of file, if the host dies before it kills us.
            _ = try? inside.receive(limit: 1)
            ThisProcess.exit(0)
        case .parent(let pid, let pidfd):
            let host = ends.keepFirst()
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
