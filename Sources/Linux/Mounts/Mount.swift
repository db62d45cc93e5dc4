import Base
import CShim

/// mount(2) on a path of the host, or on `.` after ``Descriptor/fchdir()``.
///
/// - Parameters:
///   - source: What to mount. For a filesystem without a source it is a name for /proc/PID/mountinfo. nil for a change
///     of flags.
///   - type: A filesystem of /proc/filesystems; nil for MS_BIND, MS_MOVE and changes.
///   - data: The filesystem's own options, separated by commas.
public func mount(
    _ source: String?, on target: String, type: String?, flags: MountFlags, data: String?
) throws(Failure) {
    let answer = withOptionalCString(source) { source in
        withOptionalCString(type) { type in
            withOptionalCString(data) { data in shim_mount(source, target, type, flags.rawValue, data) }
        }
    }
    try check(answer, "mount", "mount \(type ?? source ?? "flags") on \(target)")
}

/// umount2(2).
///
/// - Throws: ``Failure``: EINVAL if nothing is mounted there, or if the mount is locked because it came from a more
///   privileged mount namespace (mount_namespaces(7)).
public func umount(_ path: String, _ flags: UnmountFlags) throws(Failure) {
    try check(shim_umount2(path, flags.rawValue), "umount2", "unmount \(path)")
}

/// pivot_root(2): makes `newRoot` the root of the mount namespace, and mounts the old root on `putOld`.
///
/// - Throws: ``Failure``: EINVAL if `newRoot` is not a mount, or if the mount of `putOld`, or the parent of either
///   root, is shared.
public func pivotRoot(_ newRoot: String, _ putOld: String) throws(Failure) {
    try check(shim_pivot_root(newRoot, putOld), "pivot_root", "make the rootfs the root")
}

/// chroot(2).
public func chroot(_ path: String) throws(Failure) {
    try check(shim_chroot(path), "chroot", "make the rootfs the root")
}

/// open_tree(2) with OPEN_TREE_CLONE: copies the mount at `path`; the copy is attached nowhere.
///
/// - Parameters:
///   - path: A path of the host.
///   - recursive: Whether the mounts below are copied too (AT_RECURSIVE).
///   - followingLink: Whether a link at the end of the path is followed. If not, the link itself is copied.
public func openTree(_ path: String, recursive: Bool, followingLink: Bool = true) throws(Failure) -> Descriptor {
    let flags =
        OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0) | (followingLink ? 0 : AT_SYMLINK_NOFOLLOW)
    return Descriptor(owning: try check(shim_open_tree(AT_FDCWD, path, flags), "open_tree", "bind \(path)"))
}

/// Calls on an open mount, or on an open place for one (O_PATH). No path is followed, so nobody can lead us elsewhere.
extension Descriptor {
    /// open_tree(2) with OPEN_TREE_CLONE: copies the mount that this descriptor is open on, with this file as the root
    /// of the copy. The copy is attached nowhere.
    ///
    /// - Parameter recursive: Whether the mounts below are copied too (AT_RECURSIVE).
    public borrowing func openTree(
        recursive: Bool, _ what: @autoclosure () -> String
    ) throws(Failure) -> Descriptor {
        let flags = OPEN_TREE_CLONE | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
        return Descriptor(owning: try check(shim_open_tree(number, "", flags), "open_tree", "bind \(what())"))
    }

    /// move_mount(2): attaches this mount, which is attached nowhere yet, on top of `target`.
    ///
    /// - Throws: ``Failure``: EINVAL if one of the two is a directory and the other is not. mount(2) answers ENOTDIR
    ///   then.
    public borrowing func moveMount(
        to target: borrowing Descriptor, _ what: @autoclosure () -> String
    ) throws(Failure) {
        let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
        try check(shim_move_mount(number, "", target.number, "", flags), "move_mount", "mount \(what())")
    }

    /// mount_setattr(2), Linux 5.12.
    ///
    /// - Parameters:
    ///   - set: Attributes to add.
    ///   - clear: Attributes to remove first.
    ///   - propagation: One of ``MountFlags/private``, ``MountFlags/slave``, ``MountFlags/shared``,
    ///     ``MountFlags/unbindable``; nil leaves it.
    ///   - recursive: Whether every mount below is changed too (AT_RECURSIVE).
    /// - Throws: ``Failure``: EPERM if a user namespace locked an attribute, EINVAL if this is not the root of a
    ///   mount.
    public borrowing func mountSetattr(
        set: MountAttributes = [], clear: MountAttributes = [], propagation: MountFlags? = nil,
        recursive: Bool = false, _ what: @autoclosure () -> String
    ) throws(Failure) {
        let flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
        let answer = shim_mount_setattr(
            number, "", flags, set.rawValue, clear.rawValue, UInt64(propagation?.rawValue ?? 0), -1)
        try check(answer, "mount_setattr", "set the mount flags of \(what())")
    }

    /// mount_setattr(2) with MOUNT_ATTR_IDMAP: shows the files of this mount, which is attached nowhere yet, with the
    /// owners that the maps of `namespace`, a user namespace, give them.
    ///
    /// - Parameter recursive: Whether the mounts below are mapped too (AT_RECURSIVE).
    /// - Throws: ``Failure``: EINVAL if the filesystem has no idmapped mounts, EPERM if the mount is mapped already.
    public borrowing func mountSetattr(
        idmap namespace: borrowing Descriptor, recursive: Bool, _ what: @autoclosure () -> String
    ) throws(Failure) {
        let flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
        let answer = shim_mount_setattr(
            number, "", flags, UInt64(MOUNT_ATTR_IDMAP), 0, 0, namespace.number)
        try check(answer, "mount_setattr", "map the ids of \(what())")
    }
}

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
    public static let `private` = MountFlags(rawValue: UInt(MS_PRIVATE))
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

/// The flags of umount2(2).
public struct UnmountFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: CInt

    /// Takes the kernel's bits.
    public init(rawValue: CInt) { self.rawValue = rawValue }

    /// MNT_DETACH: the mount leaves the tree at once, and disappears when its last user does.
    public static let detach = UnmountFlags(rawValue: MNT_DETACH)
    /// UMOUNT_NOFOLLOW: a link at the end of the path is an error.
    public static let noFollow = UnmountFlags(rawValue: UMOUNT_NOFOLLOW)
}
