import Base
import Linux
import OCI

/// A place in the container for a mount: a cleaned path (``Path/cleaned(_:)``).
///
/// This type works only on the text of the path. The kernel resolves the links of the image, inside the root
/// (``Linux/Descriptor/openat2(_:_:mode:resolve:)``).
enum Destination {
    /// Whether a mount may cover `path`, a file of procfs. lxcfs puts its own views at these. Nothing else may hide or
    /// fake a part of /proc (runc CVE-2019-16884).
    static func mayCoverProc(_ path: String) -> Bool {
        switch path {
        case "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
            "/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled":
            true
        default: false
        }
    }

    /// Returns the cleaned destination of an entry of `mounts`.
    ///
    /// Like runc, it removes the rootfs's own path from the front, since old callers write the path on the host.
    ///
    /// - Throws: ``Failure`` for the root itself, for a NUL, and for a path that would cover a part of /proc.
    static func of(_ mount: Mount, isProc: Bool, in rootfs: String = "/") throws(Failure) -> String {
        guard !mount.destination.isEmpty else {
            throw Failure("a mount needs a destination", pointer: "/destination", code: .emptyValue)
        }
        try refuseNUL(in: mount)
        let path = inside(rootfs, Path.cleaned(mount.destination))
        guard path != "/" else {
            throw Failure(
                "mount on /: the root itself cannot be a mount's destination", pointer: "/destination",
                hint: "use root.path, and root.readonly", code: .forbidden)
        }
        if Path.begins(path, with: "/proc/"), !isProc, !mayCoverProc(path) {
            throw Failure(
                "\"\(path)\" cannot be mounted because it is inside /proc", pointer: "/destination", code: .forbidden)
        }
        return path
    }

    /// Returns `path` without the rootfs's path in front of it.
    static func inside(_ rootfs: String, _ path: String) -> String {
        let rootfs = Path.cleaned(rootfs)
        guard rootfs != "/", path.utf8.starts(with: rootfs.utf8) else { return path }
        let rest = path.utf8.dropFirst(rootfs.utf8.count)
        guard let first = rest.first else { return "/" }
        return first == UInt8(ascii: "/") ? String(Substring(rest)) : path
    }

    /// Refuses a NUL. A C string ends at its first NUL; the rest would be dropped silently.
    private static func refuseNUL(in mount: Mount) throws(Failure) {
        let fields = [
            (mount.destination, "destination"), (mount.type ?? "", "type"), (mount.source ?? "", "source"),
        ]
        for (text, name) in fields where text.utf8.contains(0) {
            throw Failure("a mount's \(name) must not hold a NUL", pointer: "/\(name)", code: .nulCharacter)
        }
        for (index, option) in (mount.options ?? []).enumerated() where option.utf8.contains(0) {
            throw Failure("a mount's option must not hold a NUL", pointer: "/options/\(index)", code: .nulCharacter)
        }
    }
}
