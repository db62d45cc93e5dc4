/// The `MS_*` bits of mount(2).
public struct MountFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt

    /// Takes the kernel's bits.
    public init(rawValue: UInt) { self.rawValue = rawValue }

    public static let readOnly = MountFlags(rawValue: 1)
    public static let noSetuid = MountFlags(rawValue: 2)
    public static let noDevices = MountFlags(rawValue: 4)
    public static let noExecute = MountFlags(rawValue: 8)
    public static let synchronous = MountFlags(rawValue: 16)
    public static let remount = MountFlags(rawValue: 32)
    public static let mandatoryLocks = MountFlags(rawValue: 64)
    public static let synchronousDirectories = MountFlags(rawValue: 128)
    public static let noSymbolicLinks = MountFlags(rawValue: 256)
    public static let noAccessTime = MountFlags(rawValue: 1024)
    public static let noDirectoryAccessTime = MountFlags(rawValue: 2048)
    public static let bind = MountFlags(rawValue: 4096)
    public static let move = MountFlags(rawValue: 8192)
    public static let recursive = MountFlags(rawValue: 16384)
    public static let silent = MountFlags(rawValue: 32768)
    public static let unbindable = MountFlags(rawValue: 1 << 17)
    public static let privately = MountFlags(rawValue: 1 << 18)
    public static let slave = MountFlags(rawValue: 1 << 19)
    public static let shared = MountFlags(rawValue: 1 << 20)
    public static let relativeAccessTime = MountFlags(rawValue: 1 << 21)
    public static let inodeVersion = MountFlags(rawValue: 1 << 23)
    public static let strictAccessTime = MountFlags(rawValue: 1 << 24)
    public static let lazyTime = MountFlags(rawValue: 1 << 25)
}

/// The `MOUNT_ATTR_*` bits of mount_setattr(2) and fsmount(2).
public struct MountAttributes: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    public static let readOnly = MountAttributes(rawValue: 0x01)
    public static let noSetuid = MountAttributes(rawValue: 0x02)
    public static let noDevices = MountAttributes(rawValue: 0x04)
    public static let noExecute = MountAttributes(rawValue: 0x08)
    public static let noAccessTime = MountAttributes(rawValue: 0x10)
    public static let strictAccessTime = MountAttributes(rawValue: 0x20)
    public static let noDirectoryAccessTime = MountAttributes(rawValue: 0x80)
    public static let noSymbolicLinks = MountAttributes(rawValue: 0x200000)
    /// MOUNT_ATTR__ATIME, the whole field: access times are a choice of one, so whoever sets one clears the field.
    public static let accessTimes = MountAttributes(rawValue: 0x70)
}
