import Base
import CShim

/// The one door into a container's root filesystem.
///
/// An image can hold any link it likes, and another container may change a shared volume while we walk it. So nothing
/// below a container's root is ever reached by a joined path: `openat2` resolves the path inside the root, and all
/// further work is on the descriptor it gives (runc CVE-2019-19921, CVE-2021-30465, CVE-2024-45310, CVE-2025-31133 and
/// crun CVE-2019-18837 were all a path followed twice, or followed outside).
///
/// Source: openat2(2), `RESOLVE_IN_ROOT`, Linux 5.6.
///
/// - Parameters:
///   - path: Absolute or relative, always taken from `root`.
///   - root: The directory taken for `/`; it stays open and owned by the caller.
///   - flags: What the file is opened for; close-on-exec is added.
///   - mode: The permissions of a file that is created.
/// - Returns: The open file, owned by the caller.
/// - Throws: ``Failure`` of `openat2`: ENOENT where a part is missing, ELOOP where a magic link was met. EAGAIN, which a
///   rename or mount anywhere can cause while `..` is walked, is retried up to 128 times.
public func open(
    _ path: String, inside root: borrowing Descriptor, _ flags: OpenFlags, mode: UInt32 = 0
) throws(Failure) -> Descriptor {
    try resolve(path, inside: root, flags, mode: mode, [.inRoot, .noMagicLinks])
}

/// How openat2(2) resolves a path.
public struct Resolution: OptionSet, Sendable {
    /// The `RESOLVE_*` bits.
    public let rawValue: UInt64

    /// Takes the kernel's bits.
    public init(rawValue: UInt64) { self.rawValue = rawValue }

    /// RESOLVE_NO_XDEV: no mount is crossed.
    public static let noMounts = Resolution(rawValue: UInt64(RESOLVE_NO_XDEV))
    /// RESOLVE_NO_MAGICLINKS: links of procfs that jump are refused.
    public static let noMagicLinks = Resolution(rawValue: UInt64(RESOLVE_NO_MAGICLINKS))
    /// RESOLVE_NO_SYMLINKS: no link at all, in no part of the path.
    public static let noLinks = Resolution(rawValue: UInt64(RESOLVE_NO_SYMLINKS))
    /// RESOLVE_BENEATH: a path that would leave the directory is refused.
    public static let beneath = Resolution(rawValue: UInt64(RESOLVE_BENEATH))
    /// RESOLVE_IN_ROOT: the directory is taken for `/`.
    public static let inRoot = Resolution(rawValue: UInt64(RESOLVE_IN_ROOT))
}

/// openat2(2) with a resolution of the caller's choice; see ``open(_:inside:_:mode:)``.
public func resolve(
    _ path: String, inside root: borrowing Descriptor, _ flags: OpenFlags, mode: UInt32 = 0, _ resolution: Resolution
) throws(Failure) -> Descriptor {
    let number = root.number
    let again = -Errno.EAGAIN.rawValue
    var answer = again
    var attempts = 0
    while answer == again, attempts < 128 {
        answer = uninterrupted {
            shim_openat2(number, path, UInt64(flags.rawValue), UInt64(mode), resolution.rawValue)
        }
        attempts += 1
    }
    return Descriptor(owning: try check(answer, "openat2", "open \(path) inside the container's root"))
}

/// Opens the directory `path` inside `root`, making every part that is missing.
///
/// Parts are made one at a time, below a descriptor, so that no directory can be made outside the root (runc
/// CVE-2024-45310). Where a part is a link to nothing, its target is made, inside the root.
///
/// - Parameter mode: Of each directory that is made; the caller's umask applies.
/// - Returns: The directory, opened O_PATH.
public func openMakingDirectories(
    _ path: String, inside root: borrowing Descriptor, mode: UInt32
) throws(Failure) -> Descriptor {
    let whole: OpenFlags = [.path, .directory]
    do throws(Failure) { return try open(path, inside: root, whole) } catch  where error.errno == .ENOENT {}
    var parts = Path.parts(path)
    var done: [String] = []
    var links = 0
    var attempts = 0
    var parent = try open("/", inside: root, whole)
    while let part = parts.first {
        parts.removeFirst()
        if let next = try step(part, from: parent, done, inside: root) {
            parent = next
            done.append(part)
            continue
        }
        // A chain of links, and somebody who removes what we make, must not keep us for ever.
        attempts += 1
        guard links <= 40, attempts <= 4096 else {
            throw Failure("make \(path) inside the container's root", "openat2", .ELOOP)
        }
        do throws(Failure) {
            try makeDirectory(part, at: parent, mode: mode)
            parts.insert(part, at: 0)
        } catch  where error.errno == .EEXIST {
            // Either somebody made it meanwhile, or it is a link to nothing.
            guard let target = try? readLink(part, at: parent) else {
                parts.insert(part, at: 0)
                continue
            }
            links += 1
            if target.utf8.first == UInt8(ascii: "/") {
                done = []
                parent = try open("/", inside: root, whole)
            }
            parts.insert(contentsOf: Path.parts(target), at: 0)
        }
    }
    // Once more from the root: somebody may have moved a directory out of it while we went down.
    return try open(path, inside: root, whole)
}

/// Opens the directory `part` in `parent`, to which the names `done` led from `root`.
///
/// From `parent` alone if it is a directory: a path from the root for each part of a long path would take as many steps as the
/// square of its length. A link is followed from the root, inside of which it stays.
///
/// - Returns: nil if there is none.
private func step(
    _ part: String, from parent: borrowing Descriptor, _ done: [String], inside root: borrowing Descriptor
) throws(Failure) -> Descriptor? {
    let flags: OpenFlags = [.path, .directory]
    if part != ".." {
        do throws(Failure) { return try resolve(part, inside: parent, flags, [.beneath, .noLinks]) } catch
            where error.errno == .ENOENT
        {
            return nil
        } catch  where error.errno == .ELOOP || error.errno == .ENOTDIR {}
    }
    do throws(Failure) { return try open((done + [part]).joined(separator: "/"), inside: root, flags) } catch
        where error.errno == .ENOENT
    {
        return nil
    }
}

/// Opens the file `path` inside `root` as O_PATH; where there is none, makes an empty one of mode 0644 and its parents.
public func openMakingFile(_ path: String, inside root: borrowing Descriptor) throws(Failure) -> Descriptor {
    var path = path
    for _ in 0...40 {
        do throws(Failure) { return try open(path, inside: root, .path) } catch  where error.errno == .ENOENT {}
        let parts = Path.parts(path)
        guard let name = parts.last else { break }
        let folder = "/" + parts.dropLast().joined(separator: "/")
        let parent = try openMakingDirectories(folder, inside: root, mode: 0o755)
        do throws(Failure) {
            _ = try open(name, at: parent, [.create, .exclusive, .noFollow, .readOnly], mode: 0o644)
        } catch  where error.errno == .EEXIST {
            guard let target = try? readLink(name, at: parent) else { continue }
            path = target.utf8.first == UInt8(ascii: "/") ? target : "\(folder)/\(target)"
        }
    }
    throw Failure("make \(path) inside the container's root", "openat2", .ELOOP)
}
