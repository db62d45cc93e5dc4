import CShim

/// The `MS_*` bits of mount(2).
public struct MountFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt

    /// Takes the kernel's bits.
    public init(rawValue: UInt) { self.rawValue = rawValue }

    public static let readOnly = MountFlags(rawValue: UInt(MS_RDONLY))
    public static let noSetuid = MountFlags(rawValue: UInt(MS_NOSUID))
    public static let noDevices = MountFlags(rawValue: UInt(MS_NODEV))
    public static let noExecute = MountFlags(rawValue: UInt(MS_NOEXEC))
    public static let synchronous = MountFlags(rawValue: UInt(MS_SYNCHRONOUS))
    public static let remount = MountFlags(rawValue: UInt(MS_REMOUNT))
    public static let mandatoryLocks = MountFlags(rawValue: UInt(MS_MANDLOCK))
    public static let synchronousDirectories = MountFlags(rawValue: UInt(MS_DIRSYNC))
    public static let noSymbolicLinks = MountFlags(rawValue: UInt(MS_NOSYMFOLLOW))
    public static let noAccessTime = MountFlags(rawValue: UInt(MS_NOATIME))
    public static let noDirectoryAccessTime = MountFlags(rawValue: UInt(MS_NODIRATIME))
    public static let bind = MountFlags(rawValue: UInt(MS_BIND))
    public static let move = MountFlags(rawValue: UInt(MS_MOVE))
    public static let recursive = MountFlags(rawValue: UInt(MS_REC))
    public static let silent = MountFlags(rawValue: UInt(MS_SILENT))
    public static let unbindable = MountFlags(rawValue: UInt(MS_UNBINDABLE))
    public static let privately = MountFlags(rawValue: UInt(MS_PRIVATE))
    public static let slave = MountFlags(rawValue: UInt(MS_SLAVE))
    public static let shared = MountFlags(rawValue: UInt(MS_SHARED))
    public static let relativeAccessTime = MountFlags(rawValue: UInt(MS_RELATIME))
    public static let inodeVersion = MountFlags(rawValue: UInt(MS_I_VERSION))
    public static let strictAccessTime = MountFlags(rawValue: UInt(MS_STRICTATIME))
    public static let lazyTime = MountFlags(rawValue: UInt(MS_LAZYTIME))
}

/// The `MOUNT_ATTR_*` bits of mount_setattr(2) and fsmount(2).
public struct MountAttributes: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let readOnly = MountAttributes(rawValue: UInt64(MOUNT_ATTR_RDONLY))
    public static let noSetuid = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NOSUID))
    public static let noDevices = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NODEV))
    public static let noExecute = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NOEXEC))
    public static let noAccessTime = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NOATIME))
    public static let strictAccessTime = MountAttributes(rawValue: UInt64(MOUNT_ATTR_STRICTATIME))
    public static let noDirectoryAccessTime = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NODIRATIME))
    public static let noSymbolicLinks = MountAttributes(rawValue: UInt64(MOUNT_ATTR_NOSYMFOLLOW))
    /// MOUNT_ATTR__ATIME, the whole field: its values exclude each other, so clear the field before setting one.
    public static let accessTimes = MountAttributes(rawValue: UInt64(MOUNT_ATTR__ATIME))
}
