import Base
import Linux

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
