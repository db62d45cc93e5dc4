import Base
import Linux

/// What a host has, as far as a config.json asks for it: read once, as a plain value.
struct HostInventory: Equatable {
    var kernel: KernelVersion
    /// The controllers of the cgroup2 root; nil where there is no cgroup2 mount.
    var controllers: [String]?
    /// The filesystems of /proc/filesystems; others may come with a kernel module.
    var filesystems: [String]
    /// The active security modules; nil where securityfs cannot be read.
    var modules: [String]?
    /// The folders of /sys/kernel/mm/hugepages that were asked for and are there.
    var pageSizes: [String]
    /// The files that were asked for and are not there.
    var missing: [String]

    /// The host we are on.
    static func read(for wishes: HostWishes) throws(Failure) -> HostInventory {
        let pages = "/sys/kernel/mm/hugepages"
        return HostInventory(
            kernel: try KernelVersion.running(),
            controllers: words("\(Cgroup.mountPoint)/cgroup.controllers"),
            filesystems: words("/proc/filesystems") ?? [],
            modules: words("/sys/kernel/security/lsm"),
            pageSizes: wishes.pageSizes.map { $0.name }.filter { !isMissing("\(pages)/\($0)") },
            missing: (wishes.files + wishes.hooks).map { $0.name }.filter(isMissing))
    }

    /// The words of a small file; nil where it cannot be read.
    private static func words(_ path: String) -> [String]? {
        guard let file = try? open(path, .readOnly), let bytes = try? file.readAll(limit: 65536, path) else {
            return nil
        }
        return bytes.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { String(decoding: $0, as: UTF8.self) }
    }

    /// What may not be looked at is not said to be missing.
    private static func isMissing(_ path: String) -> Bool {
        do throws(Failure) { _ = try status(path) } catch { return error.errno == .ENOENT || error.errno == .ENOTDIR }
        return false
    }
}
