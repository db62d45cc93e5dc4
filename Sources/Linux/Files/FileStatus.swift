import Base
import CShim

/// The status of a file (statx(2)).
public struct FileStatus: Equatable, Sendable {
    /// The type bits of a mode (inode(7)).
    public enum Kind: Sendable {
        case fifo, characterDevice, directory, blockDevice, regular, symbolicLink, socket

        /// The kind for the type bits of `mode`; nil for bits that this kernel's headers do not have.
        init?(mode: UInt32) {
            switch mode & UInt32(S_IFMT) {
            case UInt32(S_IFIFO): self = .fifo
            case UInt32(S_IFCHR): self = .characterDevice
            case UInt32(S_IFDIR): self = .directory
            case UInt32(S_IFBLK): self = .blockDevice
            case UInt32(S_IFREG): self = .regular
            case UInt32(S_IFLNK): self = .symbolicLink
            case UInt32(S_IFSOCK): self = .socket
            default: return nil
            }
        }

        /// The type bits, for mknodat(2).
        var bits: UInt32 {
            switch self {
            case .fifo: UInt32(S_IFIFO)
            case .characterDevice: UInt32(S_IFCHR)
            case .directory: UInt32(S_IFDIR)
            case .blockDevice: UInt32(S_IFBLK)
            case .regular: UInt32(S_IFREG)
            case .symbolicLink: UInt32(S_IFLNK)
            case .socket: UInt32(S_IFSOCK)
            }
        }

        /// `a directory`
        public var words: String {
            switch self {
            case .fifo: "a FIFO"
            case .characterDevice: "a character device"
            case .directory: "a directory"
            case .blockDevice: "a block device"
            case .regular: "a regular file"
            case .symbolicLink: "a symbolic link"
            case .socket: "a socket"
            }
        }
    }

    /// The kind of file; nil for a number that no kernel uses yet.
    public let kind: Kind?
    /// The permission bits with set-id and sticky bits: `0o7777`.
    public let permissions: UInt32
    /// The owner.
    public let uid: UInt32
    /// The owner's group.
    public let gid: UInt32
    /// In bytes.
    public let size: UInt64
    /// How many names it has; 0 if it was removed and is still open.
    public let links: UInt32
    /// The inode number.
    public let inode: UInt64
    /// The device that holds the file's filesystem.
    public let filesystem: DeviceNumber
    /// For a device node, the device that it stands for.
    public let device: DeviceNumber
    /// STATX_MNT_ID: the mount the file was reached through.
    public let mountID: UInt64
    /// Whether the file is the root of a mount (STATX_ATTR_MOUNT_ROOT).
    public let isMountRoot: Bool
    /// The last change of the content, in nanoseconds since 1970.
    public let modified: Int64

    init(_ status: shim_status) {
        kind = Kind(mode: status.mode)
        permissions = status.mode & 0o7777
        uid = status.uid
        gid = status.gid
        size = status.size
        links = status.links
        inode = status.inode
        filesystem = DeviceNumber(major: status.device_major, minor: status.device_minor)
        device = DeviceNumber(major: status.special_major, minor: status.special_minor)
        mountID = status.mount_id
        isMountRoot = status.attributes & UInt64(STATX_ATTR_MOUNT_ROOT) != 0
        modified = status.modified_seconds &* 1_000_000_000 &+ Int64(status.modified_nanoseconds)
    }
}

/// A device's two numbers.
public struct DeviceNumber: Equatable, Sendable {
    /// The driver's number.
    public var major: UInt32
    /// The number of the device among its driver's.
    public var minor: UInt32

    /// `major:minor`
    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }
}

/// statx(2) of a path of the host; follows links.
public func status(_ path: String) throws(Failure) -> FileStatus {
    var status = shim_status()
    try check(shim_statx(AT_FDCWD, path, 0, &status), "statx", "look at \(path)")
    return FileStatus(status)
}

extension Descriptor {
    /// statx(2) of the open file itself.
    public borrowing func status() throws(Failure) -> FileStatus {
        var status = shim_status()
        try check(shim_statx(number, "", AT_EMPTY_PATH, &status), "statx", "look at descriptor \(number)")
        return FileStatus(status)
    }

    /// fstatfs(2): the filesystem's magic number and its `ST_*` mount flags.
    public borrowing func filesystem() throws(Failure) -> shim_filesystem {
        var filesystem = shim_filesystem()
        try check(shim_fstatfs(number, &filesystem), "fstatfs", "look at the filesystem of descriptor \(number)")
        return filesystem
    }
}

/// statx(2) of a descriptor that somebody else owns, such as a standard one.
public func status(of number: CInt) throws(Failure) -> FileStatus {
    var status = shim_status()
    try check(shim_statx(number, "", AT_EMPTY_PATH, &status), "statx", "look at descriptor \(number)")
    return FileStatus(status)
}
