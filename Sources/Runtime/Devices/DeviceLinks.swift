import Base
import Linux
import OCI

/// Makes the links below /dev that programs expect (config-linux.md, "/dev symbolic links"): to the descriptors of the
/// process that looks, and to the container's own /dev/pts.
struct DeviceLinks: InsideWork {
    static var word: StaticString { "link-devices" }

    /// Whether the container has a /dev/pts for ptmx to point to.
    var hasTerminals: Bool

    var summary: String { "link /dev/fd, stdin, stdout, stderr, core" + (hasTerminals ? ", ptmx" : "") }

    func perform(_ session: inout InsideSide) throws(Failure) {
        let dev = try MountPoint.directory("/dev", inside: session.root, followingLinks: false)
        try link("fd", to: "/proc/self/fd", dev)
        try link("stdin", to: "/proc/self/fd/0", dev)
        try link("stdout", to: "/proc/self/fd/1", dev)
        try link("stderr", to: "/proc/self/fd/2", dev)
        // A kernel without CONFIG_PROC_KCORE does not have it, and a link that leads nowhere helps nobody.
        if (try? status("/proc/kcore")) != nil { try link("core", to: "/proc/kcore", dev) }
        guard hasTerminals else { return }
        do throws(Failure) { try dev.unlinkat("ptmx") } catch  where error.errno == .ENOENT {}
        try link("ptmx", to: "pts/ptmx", dev)
    }

    private func link(_ name: String, to target: String, _ dev: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            try dev.symlinkat(target, as: name)
        } catch  where error.errno == .EEXIST {}
    }
}
