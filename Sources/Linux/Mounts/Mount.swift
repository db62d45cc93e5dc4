import Base
import CShim

/// mount(2) on a path of the host, or on `.` after ``enter(_:)``.
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

/// umount2(2) with MNT_DETACH: out of the tree at once, gone when the last user is.
///
/// - Parameter followingLink: Whether a link at the end of `path` is followed (UMOUNT_NOFOLLOW).
public func detachMount(_ path: String, followingLink: Bool = true) throws(Failure) {
    try check(shim_umount2(path, MNT_DETACH | (followingLink ? 0 : UMOUNT_NOFOLLOW)), "umount2", "unmount \(path)")
}

/// fchdir(2).
public func enter(_ directory: borrowing Descriptor) throws(Failure) {
    try check(shim_fchdir(directory.number), "fchdir", "change to descriptor \(directory.number)")
}

/// chdir(2).
public func enter(_ path: String) throws(Failure) {
    try check(shim_chdir(path), "chdir", "change to \(path)")
}

/// pivot_root(2) with the current directory as both: the old root ends up mounted over the new one, ready to be
/// detached (pivot_root(2), "pivot_root(".", ".")").
public func pivotRootHere() throws(Failure) {
    try check(shim_pivot_root(".", "."), "pivot_root", "make the rootfs the root")
}

/// open_tree(2) with OPEN_TREE_CLONE: a copy of the mount at `path`, attached nowhere.
///
/// - Parameters:
///   - recursive: Whether the mounts below come along.
///   - followingLink: Whether a link at the end of the path is followed; else the link itself is what is mounted.
public func cloneTree(_ path: String, recursive: Bool, followingLink: Bool = true) throws(Failure) -> Descriptor {
    let flags =
        OPEN_TREE_CLONE | (recursive ? AT_RECURSIVE : 0) | (followingLink ? 0 : AT_SYMLINK_NOFOLLOW)
    return Descriptor(owning: try check(shim_open_tree(AT_FDCWD, path, flags), "open_tree", "bind \(path)"))
}

/// open_tree(2) with OPEN_TREE_CLONE of what `file` (O_PATH will do) is open on.
public func cloneTree(
    of file: borrowing Descriptor, recursive: Bool, _ what: @autoclosure () -> String
) throws(Failure) -> Descriptor {
    let flags = OPEN_TREE_CLONE | AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    return Descriptor(owning: try check(shim_open_tree(file.number, "", flags), "open_tree", "bind \(what())"))
}

/// move_mount(2): attaches a detached tree at what `target` is open on. Neither end is named by a path.
public func attach(
    _ tree: borrowing Descriptor, to target: borrowing Descriptor, _ what: @autoclosure () -> String
) throws(Failure) {
    let flags = MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH
    try check(shim_move_mount(tree.number, "", target.number, "", flags), "move_mount", "mount \(what())")
}

/// mount_setattr(2) of the mount that `mount` is open on.
///
/// - Parameters:
///   - set: Attributes to add.
///   - clear: Attributes to take away first.
///   - propagation: One of ``MountFlags/privately``, ``MountFlags/slave``, ``MountFlags/shared``,
///     ``MountFlags/unbindable``; nil leaves it.
///   - recursive: Whether every mount below is changed too.
/// - Throws: ``Failure``: EPERM where a user namespace locked an attribute.
public func setAttributes(
    of mount: borrowing Descriptor, set: MountAttributes = [], clear: MountAttributes = [],
    propagation: MountFlags? = nil, recursive: Bool = false, _ what: @autoclosure () -> String
) throws(Failure) {
    let flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    let answer = shim_mount_setattr(
        mount.number, "", flags, set.rawValue, clear.rawValue, UInt64(propagation?.rawValue ?? 0), -1)
    try check(answer, "mount_setattr", "set the mount flags of \(what())")
}

/// mount_setattr(2) with MOUNT_ATTR_IDMAP: the files of a detached tree are shown with the owners that the maps of
/// `namespace`, a user namespace, make of theirs.
///
/// - Parameter recursive: Whether the mounts below are mapped too.
/// - Throws: ``Failure``: EINVAL where the filesystem cannot, EPERM where the mount is mapped already.
public func mapIDs(
    of tree: borrowing Descriptor, as namespace: borrowing Descriptor, recursive: Bool,
    _ what: @autoclosure () -> String
) throws(Failure) {
    let flags = AT_EMPTY_PATH | (recursive ? AT_RECURSIVE : 0)
    let answer = shim_mount_setattr(tree.number, "", flags, UInt64(MOUNT_ATTR_IDMAP), 0, 0, namespace.number)
    try check(answer, "mount_setattr", "map the ids of \(what())")
}

/// chroot(2) into the current directory.
public func changeRootHere() throws(Failure) {
    try check(shim_chroot("."), "chroot", "make the rootfs the root")
}
