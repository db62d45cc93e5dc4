import Base
import Linux
import OCI

/// Where in the container something may be mounted: a cleaned path (``Path/cleaned(_:)``).
///
/// Only the words are worked on here. What links in the image make of them is decided by the kernel, inside the root
/// (``Linux/Descriptor/openat2(_:_:mode:resolve:)``).
enum Destination {
    /// Whether files of procfs may be covered at `path`: lxcfs puts its own views there, and nothing else may hide or
    /// fake a part of /proc (runc CVE-2019-16884).
    static func mayCoverProc(_ path: String) -> Bool {
        switch path {
        case "/proc/cpuinfo", "/proc/diskstats", "/proc/meminfo", "/proc/stat", "/proc/swaps", "/proc/uptime",
            "/proc/loadavg", "/proc/slabinfo", "/proc/sys/kernel/ns_last_pid", "/proc/sys/crypto/fips_enabled":
            true
        default: false
        }
    }

    /// The cleaned destination of an entry of `mounts`.
    ///
    /// As runc, it takes the rootfs's own path off the front: old callers write the place on the host.
    ///
    /// - Throws: ``Failure`` for the root itself, for a NUL, and for what would cover a part of /proc.
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

    /// `path` without the rootfs's path in front of it.
    static func inside(_ rootfs: String, _ path: String) -> String {
        let rootfs = Path.cleaned(rootfs)
        guard rootfs != "/", path.utf8.starts(with: rootfs.utf8) else { return path }
        let rest = path.utf8.dropFirst(rootfs.utf8.count)
        guard let first = rest.first else { return "/" }
        return first == UInt8(ascii: "/") ? String(Substring(rest)) : path
    }

    /// C ends every text at its first NUL: what stands after it would be read by nobody.
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
