import Base
import CShim
import Linux

/// Opens the place that something is mounted on, and makes it if needed.
enum MountPoint {
    /// Opens the directory `path` inside `root`, and makes missing parts with mode 0755.
    ///
    /// - Parameter followingLinks: Whether links of the image are followed, inside the root. If not, a link in any
    ///   part of the path is an error.
    static func directory(
        _ path: String, inside root: borrowing Descriptor, followingLinks: Bool = true
    ) throws(Failure) -> Descriptor {
        guard !followingLinks else { return try making(path, inside: root) }
        let flags: OpenFlags = [.path, .directory]
        do throws(Failure) {
            return try root.openat2(path, flags, resolve: [.inRoot, .noLinks])
        } catch  where error.errno == .ENOENT {
            _ = try making(path, inside: root)
            return try root.openat2(path, flags, resolve: [.inRoot, .noLinks])
        } catch  where error.errno == .ELOOP || error.errno == .ENOTDIR {
            throw Failure(
                "\(path) in the rootfs must be a directory, not a symbolic link or a file",
                "openat2", error.errno ?? .ENOTDIR,
                hint: "a link here could lead the runtime outside the container; remove it from the image")
        }
    }

    /// Opens the place that a tree of `kind` is mounted on: a directory for a directory, or else a file. A missing one
    /// is made, the file empty.
    ///
    /// The kernel mounts a directory on a directory, and anything else on anything but a directory. Otherwise it
    /// answers EINVAL or ENOTDIR and does not say which of the two is the directory, so this function says it. (Docker
    /// reads "is a directory" as another failure.)
    ///
    /// - Parameters:
    ///   - source: What is mounted, for messages.
    ///   - followingLink: Whether a link at the end of `path` is followed. If not, the mount covers the link itself.
    static func matching(
        _ kind: FileStatus.Kind?, _ source: String, _ path: String, inside root: borrowing Descriptor,
        followingLink: Bool = true
    ) throws(Failure) -> Descriptor {
        let flags: OpenFlags = followingLink ? .path : [.path, .noFollow]
        if let found = try? root.openat2(path, flags), let there = try? found.status().kind,
            (kind == .directory) != (there == .directory)
        {
            throw Failure(
                "mount \(source) (\(kind?.words ?? "a file")) on \(path) (\(there.words))",
                "move_mount",
                .ENOTDIR, hint: "a directory can only be mounted on a directory, a file on a file")
        }
        if !followingLink, let link = try? root.openat2(path, flags) { return link }
        guard kind != .directory else { return try directory(path, inside: root) }
        do throws(Failure) { return try root.openMakingFile(path) } catch {
            throw explained(error, path, inside: root)
        }
    }

    private static func making(_ path: String, inside root: borrowing Descriptor) throws(Failure) -> Descriptor {
        do throws(Failure) { return try root.openMakingDirectories(path, mode: 0o755) } catch {
            throw explained(error, path, inside: root)
        }
    }

    /// Adds to a failure the whole path of the mountpoint, and what is in the way: a file, or an earlier mount that is
    /// read-only or lets nobody make files, such as devpts.
    private static func explained(_ failure: Failure, _ path: String, inside root: borrowing Descriptor) -> Failure {
        var failure = failure
        failure.action = "make the mountpoint \(path)"
        var there = "", cover = "/"
        for part in Path.parts(path) {
            let next = "\(there)/\(part)"
            guard let found = try? root.openat2(next, .path), let status = try? found.status() else { break }
            if status.kind != .directory, let kind = status.kind {
                return failure.hinting("\(next) is \(kind.words)")
            }
            there = next
            if status.isMountRoot { cover = next }
        }
        switch failure.errno {
        case .EROFS:
            return failure.hinting(
                "\(cover), which covers it, is read-only: mount that later, or make the directory before")
        case .EPERM, .EACCES: return failure.hinting("\(cover), which covers it, lets nobody make files")
        default: return failure
        }
    }

    /// Opens the file `name` in a directory that is open already, and makes it empty if it is missing. A link in its
    /// place is an error.
    ///
    /// - Parameter path: Its path in the container, for messages.
    static func node(_ name: String, at parent: borrowing Descriptor, _ path: String) throws(Failure) -> Descriptor {
        do throws(Failure) {
            _ = try parent.openat(name, [.create, .exclusive, .noFollow, .readOnly], mode: 0o644)
        } catch  where error.errno == .EEXIST {}
        let node = try parent.openat(name, [.path, .noFollow])
        guard try node.status().kind != .symbolicLink else {
            throw Failure("bind on \(path): a symbolic link is there", "openat", .ELOOP)
        }
        return node
    }

    /// Whether `file` is on a procfs.
    static func isProc(_ file: borrowing Descriptor) throws(Failure) -> Bool {
        try file.filesystem().type == UInt64(PROC_SUPER_MAGIC)
    }

    /// Refuses to cover the root, and to hide /proc or a part of it, whatever links of the image led there.
    ///
    /// - Parameter isProc: Whether the mount is a procfs itself, which may cover another.
    static func refuseCovering(
        _ target: borrowing Descriptor, _ path: String, of root: borrowing Descriptor, isProc: Bool = false
    ) throws(Failure) {
        let status = try target.status()
        let coversRoot = status.isMountRoot ? try root.status().mountID == status.mountID : false
        guard !coversRoot else {
            throw Failure(
                "mount on \(path): a link makes it the root itself, which cannot be a mount's destination",
                hint: "remove the link from the image, or use root.path")
        }
        guard !isProc, !Destination.mayCoverProc(path) else { return }
        let coversProc = try self.isProc(target)
        guard coversProc || Path.areSame(path, "/proc") else { return }
        throw Failure("\"\(path)\" cannot be mounted because it is inside /proc")
    }
}
