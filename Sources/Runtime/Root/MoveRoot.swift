import Base
import Linux

/// `--no-pivot`: moves the rootfs over `/` and makes that the root, for a host whose root is the initramfs, which pivot_root(2)
/// cannot put away.
///
/// The host's root stays below, in the container's mount namespace. While a whole procfs or sysfs is among those mounts, the
/// kernel lets a user namespace made in the container mount another whole one, without what config.json masks
/// (`mount_too_revealing` of the kernel's fs/namespace.c); so those are taken away, or covered, first.
struct MoveRoot: InsideWork {
    static var word: StaticString { "move-root" }

    /// Whether mounts below the old root may be peers of the host's, which must neither be moved over nor unmounted.
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

    /// The last first, since it may stand on an earlier one.
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
            // Something else is mounted over it, and may go with one that stands before it in the list.
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
            // Locked by a user namespace.
            try cover(place, path)
        }
        try chdir("/")
    }

    /// What cannot be taken away can be covered: a user namespace made in the container then has it locked below the cover.
    private func cover(_ place: borrowing Descriptor, _ path: String) throws(Failure) {
        let cover = try fsopen("tmpfs").fsmount(.readOnly)
        try cover.moveMount(to: place, "tmpfs on \(path)")
    }

    /// The mount that `place` is mounted on decides who else sees it go: as a slave it tells nobody.
    ///
    /// - Returns: Whether that is so now. It is not if `place` stands on the root of another mount, such as a second procfs on
    ///   /proc: ".." leads past that one, and nothing else leads to it.
    private func isolate(_ place: borrowing Descriptor, _ mount: MountInformation) throws(Failure) -> Bool {
        var here = try place.openat("..", [.path, .directory])
        while try !here.status().isMountRoot { here = try here.openat("..", [.path, .directory]) }
        guard try here.status().mountID == mount.parent else { return false }
        try here.mountSetattr(propagation: .slave, "what \(mount.destination) is mounted on")
        return true
    }
}
