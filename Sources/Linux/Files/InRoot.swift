import Base
import CShim

/// The `RESOLVE_*` bits of openat2(2): where a path may lead.
public struct ResolveFlags: OptionSet, Sendable {
    /// The bits as the kernel takes them.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// RESOLVE_NO_XDEV: the path may not cross a mount.
    public static let noMounts = ResolveFlags(rawValue: UInt64(RESOLVE_NO_XDEV))
    /// RESOLVE_NO_MAGICLINKS: the path may not follow links of procfs that jump, such as /proc/PID/fd/N.
    public static let noMagicLinks = ResolveFlags(rawValue: UInt64(RESOLVE_NO_MAGICLINKS))
    /// RESOLVE_NO_SYMLINKS: the path may not have a link in any part.
    public static let noLinks = ResolveFlags(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
    /// RESOLVE_BENEATH: the path may not leave the directory.
    public static let beneath = ResolveFlags(rawValue: UInt64(RESOLVE_BENEATH))
    /// RESOLVE_IN_ROOT: the directory acts as `/`; `..` and absolute links stay inside it.
    public static let inRoot = ResolveFlags(rawValue: UInt64(RESOLVE_IN_ROOT))
}

/// The only way into a container's root filesystem.
///
/// An image can hold any link, and another container may change a shared volume while we walk it. So the runtime never
/// reaches a file below a container's root by a joined path: `openat2` resolves the path inside the root, and all
/// further work uses the descriptor that it returns. In runc CVE-2019-19921, CVE-2021-30465, CVE-2024-45310,
/// CVE-2025-31133 and crun CVE-2019-18837 a path was followed twice, or followed outside.
extension Descriptor {
    /// openat2(2), Linux 5.6: opens a path below this directory, which by default acts as `/`.
    ///
    /// - Parameters:
    ///   - path: Relative to this directory. With ``ResolveFlags/inRoot`` it may be absolute, and starts here all the
    ///     same; with ``ResolveFlags/beneath`` an absolute path is EXDEV.
    ///   - flags: What the file is opened for; O_CLOEXEC is added.
    ///   - mode: The permissions of a file that is created; the caller's umask applies.
    ///   - resolve: Where the path may lead.
    /// - Returns: The open file, owned by the caller.
    /// - Throws: ``Failure`` of `openat2`: ENOENT if a part is missing, ELOOP for a link that `resolve` forbids,
    ///   EXDEV for a way out of the directory or the mount. The kernel answers EAGAIN if something anywhere is renamed
    ///   or mounted while it walks a `..`; then we try again, up to 128 times.
    public borrowing func openat2(
        _ path: String, _ flags: OpenFlags, mode: UInt32 = 0, resolve: ResolveFlags = [.inRoot, .noMagicLinks]
    ) throws(Failure) -> Descriptor {
        let number = self.number
        let again = -Errno.EAGAIN.rawValue
        var answer = again
        var attempts = 0
        while answer == again, attempts < 128 {
            answer = uninterrupted {
                shim_openat2(number, path, UInt64(flags.rawValue), UInt64(mode), resolve.rawValue)
            }
            attempts += 1
        }
        return Descriptor(owning: try check(answer, "openat2", "open \(path) inside the container's root"))
    }

    /// Opens the directory `path` inside this root, and makes every missing part.
    ///
    /// It makes one part at a time, below a descriptor, so that no directory can be made outside the root (runc
    /// CVE-2024-45310). If a part is a dangling link, it makes the link's target, inside the root.
    ///
    /// - Parameter mode: The mode of each new directory; the caller's umask applies.
    /// - Returns: The directory, opened O_PATH.
    public borrowing func openMakingDirectories(
        _ path: String, mode: UInt32
    ) throws(Failure) -> Descriptor {
        let directoryFlags: OpenFlags = [.path, .directory]
        do throws(Failure) { return try openat2(path, directoryFlags) } catch  where error.errno == .ENOENT {}
        var parts = Path.parts(path)
        if let made = try makeLast(parts, mode: mode) { return made }
        var done: [String] = []
        var links = 0
        var attempts = 0
        var parent = try openat2("/", directoryFlags)
        while let part = parts.first {
            parts.removeFirst()
            if let next = try step(part, from: parent, done) {
                parent = next
                done.append(part)
                continue
            }
            // A chain of links, or a process that removes what we make, must not keep us here for ever.
            attempts += 1
            guard links <= 40, attempts <= 4096 else {
                throw Failure("make \(path) inside the container's root", "openat2", .ELOOP)
            }
            do throws(Failure) {
                try parent.mkdirat(part, mode: mode)
                parts.insert(part, at: 0)
            } catch  where error.errno == .EEXIST {
                // Either another process has made it meanwhile, or it is a dangling link.
                guard let target = try? parent.readlinkat(part) else {
                    parts.insert(part, at: 0)
                    continue
                }
                links += 1
                if target.utf8.first == UInt8(ascii: "/") {
                    done = []
                    parent = try openat2("/", directoryFlags)
                }
                parts.insert(contentsOf: Path.parts(target), at: 0)
            }
        }
        // Once more from the root: another process may have moved a directory out of it meanwhile.
        return try openat2(path, directoryFlags)
    }

    /// Makes the last part of a path whose other parts are there, as is usual.
    ///
    /// - Returns: nil if there is more to do than that.
    private borrowing func makeLast(_ parts: [String], mode: UInt32) throws(Failure) -> Descriptor? {
        let flags: OpenFlags = [.path, .directory]
        guard let name = parts.last, name != "..",
            let parent = try? openat2("/" + parts.dropLast().joined(separator: "/"), flags),
            let _ = try? parent.mkdirat(name, mode: mode)
        else { return nil }
        return try openat2(parts.joined(separator: "/"), flags)
    }

    /// Opens the directory `part` in `parent`, to which the names `done` led from the root.
    ///
    /// A directory is opened from `parent`: if each part of a long path were opened from the root, the work would grow
    /// with the square of its length. A link is followed from the root, so that it stays inside.
    ///
    /// - Returns: nil if there is no such directory.
    private borrowing func step(
        _ part: String, from parent: borrowing Descriptor, _ done: [String]
    ) throws(Failure) -> Descriptor? {
        let flags: OpenFlags = [.path, .directory]
        if part != ".." {
            do throws(Failure) { return try parent.openat2(part, flags, resolve: [.beneath, .noLinks]) } catch
                where error.errno == .ENOENT
            {
                return nil
            } catch  where error.errno == .ELOOP || error.errno == .ENOTDIR {
                // It is a link, which is followed below, or a file, which gives ENOTDIR there again.
            }
        }
        do throws(Failure) { return try openat2((done + [part]).joined(separator: "/"), flags) } catch
            where error.errno == .ENOENT
        {
            return nil
        }
    }

    /// Opens the file `path` inside this root as O_PATH. If there is no such file, makes an empty one of mode 0644,
    /// and its parents.
    public borrowing func openMakingFile(_ path: String) throws(Failure) -> Descriptor {
        var path = path
        // Each round follows one link at the end of the path, or finds that another process removed what we made or
        // made what we were about to. The kernel follows at most 40 links, too.
        for _ in 0...40 {
            do throws(Failure) { return try openat2(path, .path) } catch  where error.errno == .ENOENT {}
            let parts = Path.parts(path)
            guard let name = parts.last else { break }
            let folder = "/" + parts.dropLast().joined(separator: "/")
            let parent = try openMakingDirectories(folder, mode: 0o755)
            do throws(Failure) {
                _ = try parent.openat(name, [.create, .exclusive, .noFollow, .readOnly], mode: 0o644)
            } catch  where error.errno == .EEXIST {
                guard let target = try? parent.readlinkat(name) else { continue }
                path = target.utf8.first == UInt8(ascii: "/") ? target : "\(folder)/\(target)"
            }
        }
        throw Failure("make \(path) inside the container's root", "openat2", .ELOOP)
    }
}
