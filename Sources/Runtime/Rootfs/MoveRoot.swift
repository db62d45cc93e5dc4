import Base
import Linux

/// `--no-pivot`: moves the rootfs over `/` and makes that the root, for a host whose root is the initramfs, which pivot_root(2)
/// cannot put away.
///
/// The host's root stays below, in the container's mount namespace. While a whole procfs or sysfs is among those mounts, the
/// kernel lets a user namespace made in the container mount another whole one, without what config.json masks
/// (`mount_too_revealing` of the kernel's fs/namespace.c); so those are taken away, or covered, first.
struct MoveRoot: Equatable {
    /// Whether mounts below the old root may be peers of the host's, which must neither be moved over nor unmounted.
    var oldRootIsShared: Bool

    var summary: String { "take away every whole proc and sysfs of the host, move the rootfs to /, chroot" }

    func perform(_ session: inout InsideSession) throws(Failure) {
        let old = try open("/", [.path, .directory])
        try hideKernelViews(outside: try session.root.status().mountID)
        if oldRootIsShared { try setAttributes(of: old, propagation: .slave, "the old root") }
        try attach(session.root, to: old, "the rootfs on /")
        try enter(session.root)
        try changeRootHere()
        try enter("/")
    }

    /// The last first, since it may stand on an earlier one.
    private func hideKernelViews(outside root: UInt64) throws(Failure) {
        let mounts = try MountInformation.ofOurNamespace(try Proc.host())
        for mount in mounts.reversed() where mount.isWholeKernelView && !mounts.isBelow(root, mount) {
            let place: Descriptor
            do throws(Failure) { place = try open(mount.destination, [.path, .directory]) } catch
                where error.isAbsence || error.errno == .EACCES
            {
                continue
            }
            // Something else is mounted over it, and may go with one that stands before it in the list.
            guard try place.status().mountID == mount.id else { continue }
            try hide(place, mount.destination)
        }
    }

    private func hide(_ place: borrowing Descriptor, _ path: String) throws(Failure) {
        if oldRootIsShared { try isolate(place, path) }
        try setAttributes(of: place, propagation: .slave, recursive: true, path)
        try enter(place)
        do throws(Failure) { try detachMount(".") } catch  where error.errno == .EINVAL || error.errno == .EPERM {
            // Locked by a user namespace: only what covers it can hide it.
            let cover = try FilesystemContext("tmpfs").mount(.readOnly)
            try attach(cover, to: place, "tmpfs on \(path)")
        }
        try enter("/")
    }

    /// The mount that `place` is mounted on decides who else sees it go.
    private func isolate(_ place: borrowing Descriptor, _ path: String) throws(Failure) {
        var here = try open("..", at: place, [.path, .directory])
        while try !here.status().isMountRoot { here = try open("..", at: here, [.path, .directory]) }
        try setAttributes(of: here, propagation: .slave, "what \(path) is mounted on")
    }
}
