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
        let folder = try session.openDeviceFolder("/dev")
        try link("fd", to: "/proc/self/fd", folder.directory)
        try link("stdin", to: "/proc/self/fd/0", folder.directory)
        try link("stdout", to: "/proc/self/fd/1", folder.directory)
        try link("stderr", to: "/proc/self/fd/2", folder.directory)
        // A kernel without CONFIG_PROC_KCORE does not have it, and a link that leads nowhere helps nobody.
        if (try? status("/proc/kcore")) != nil { try link("core", to: "/proc/kcore", folder.directory) }
        guard hasTerminals else { return }
        do throws(Failure) { try folder.directory.unlinkat("ptmx") } catch  where error.errno == .ENOENT {}
        try link("ptmx", to: "pts/ptmx", folder.directory)
    }

    private func link(_ name: String, to target: String, _ dev: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            try dev.symlinkat(target, as: name)
        } catch  where error.errno == .EEXIST {}
    }
}
