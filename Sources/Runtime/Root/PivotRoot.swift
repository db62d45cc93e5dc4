import Base
import Linux

/// Makes the rootfs the root of the container's mount namespace, and detaches the host's root (pivot_root(2)).
///
/// chroot(2) would only change where "/" leads, and a privileged process can get out of it. After this step the host's
/// root is not in the mount namespace any more.
struct PivotRoot: InsideWork {
    static var word: StaticString { "pivot" }

    private static let hint =
        "/ must be a mount, and the one that it lies in must not be shared, as it often is around a chroot: "
        + "make that private, or give --no-pivot"

    /// Whether mounts of the old root may be peers of the host's. Unmounting such a mount would unmount the host's
    /// too.
    var oldRootIsShared: Bool

    var summary: String { "pivot_root into the rootfs, detach the old root" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try session.root.fchdir()
        // "." twice: the kernel takes the new root from the current directory and mounts the old root on top of it. So
        // the image needs no directory for the old root, and no path is followed through an image that somebody may be
        // changing.
        do throws(Failure) { try pivotRoot(".", ".") } catch {
            throw Failure(error.action, cause: error.cause, hint: error.errno == .EINVAL ? Self.hint : nil)
        }
        // Mounts below the old root may be peers of the host's: unmounting ours would unmount the host's too. As
        // slaves they send nothing to the host, but still receive from it. As private mounts they would not receive
        // either: if the host unmounted a filesystem before we detached our copy, the copy would keep it busy.
        if oldRootIsShared { try old.mountSetattr(propagation: .slave, recursive: true, "the old root") }
        // The kernel does not promise which of the two roots "." is now, and we must unmount only the old one. It is
        // busy, since other mounts stand on it and we are in it; so it is detached (umount2(2), MNT_DETACH).
        try old.fchdir()
        try umount(".", .detach)
        try chdir("/")
    }
}

/// `--no-pivot`: moves the rootfs over `/` and makes it the root. This is for a host whose root is the initramfs,
/// which pivot_root(2) cannot replace.
///
/// The host's root stays below, in the container's mount namespace. If one of its mounts is a whole procfs or sysfs,
/// the kernel lets a user namespace made in the container mount another whole one, without the paths that config.json
/// masks (`mount_too_revealing` of the kernel's fs/namespace.c). So init first unmounts or covers those.
struct MoveRoot: InsideWork {
    static var word: StaticString { "move-root" }

    /// Whether mounts below the old root may be peers of the host's. Moving a mount over a peer, or unmounting one,
    /// would happen on the host too.
    var oldRootIsShared: Bool

    var summary: String { "take away every whole proc and sysfs of the host, move the rootfs to /, chroot" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try hideKernelViews(outside: try session.root.status().mountID)
        if oldRootIsShared { try old.mountSetattr(propagation: .slave, "the old root") }
        try session.root.moveMount(to: old, "the rootfs on /")
        try session.root.fchdir()
        try chroot(".")
        try chdir("/")
    }

    /// Unmounts or covers each whole proc and sysfs, the last first, since it may stand on an earlier one.
    private func hideKernelViews(outside root: UInt64) throws(Failure) {
        let mounts = try MountInformation.ofOurNamespace(try Proc.host())
        let ofContainer = mounts.ids(below: root)
        for mount in mounts.reversed() where mount.isWholeKernelView && !ofContainer.contains(mount.id) {
            let place: Descriptor
            do throws(Failure) { place = try open(mount.destination, [.path, .directory]) } catch
                where error.isAbsence || error.errno == .EACCES
            {
                continue
            }
            // Another mount covers this one. It may disappear with a mount that comes earlier in the list.
            guard try place.status().mountID == mount.id else { continue }
            try hide(place, mount)
        }
    }

    private func hide(_ place: borrowing Descriptor, _ mount: MountInformation) throws(Failure) {
        let path = mount.destination
        let mayUnmount = oldRootIsShared ? try isolate(place, mount) : true
        try place.mountSetattr(propagation: .slave, recursive: true, path)
        guard mayUnmount else { return try cover(place, path) }
        try place.fchdir()
        do throws(Failure) { try umount(".", .detach) } catch  where error.errno == .EINVAL || error.errno == .EPERM {
            // A user namespace has locked it.
            try cover(place, path)
        }
        try chdir("/")
    }

    /// Covers what cannot be unmounted. In a user namespace made in the container, the kernel locks it below the
    /// cover.
    private func cover(_ place: borrowing Descriptor, _ path: String) throws(Failure) {
        let cover = try fsopen("tmpfs").fsmount(.readOnly)
        try cover.moveMount(to: place, "tmpfs on \(path)")
    }

    /// Stops the unmount of `place` from reaching the host. The mount that `place` stands on decides which peers see
    /// the unmount; as a slave it has none.
    ///
    /// - Returns: Whether this succeeded. It does not if `place` stands on the root of another mount, such as a second
    ///   procfs on /proc: ".." leads past that mount, and no other path leads to it.
    private func isolate(_ place: borrowing Descriptor, _ mount: MountInformation) throws(Failure) -> Bool {
        var here = try place.openat("..", [.path, .directory])
        while try !here.status().isMountRoot { here = try here.openat("..", [.path, .directory]) }
        guard try here.status().mountID == mount.parent else { return false }
        try here.mountSetattr(propagation: .slave, "what \(mount.destination) is mounted on")
        return true
    }
}

/// Enters the rootfs with chroot(2), for a container that shares the runtime's mount namespace. pivot_root(2) would be
/// safer, but it would change the root of the host too. After a chroot a process with CAP_SYS_CHROOT can still reach
/// the host's root (chroot(2)).
struct ChangeRoot: InsideWork {
    static var word: StaticString { "change-root" }

    var summary: String { "chroot into the rootfs" }

    func perform(_ session: inout InsideSide) throws(Failure) {
        try session.root.fchdir()
        try chroot(".")
    }
}
