import Base
import CShim
import Linux

/// A step: something that config.json asks for must be in the kernel and switched on. It comes first, so that nothing is
/// made for a container that could not have what it asks for.
enum CheckKernel: HostWork {
    static var word: StaticString { "check-kernel" }

    case appArmor
    case seLinux
    /// Intel's Resource Director Technology, by the resctrl filesystem.
    case resourceControl

    var summary: String {
        switch self {
        case .appArmor: "check that AppArmor is enabled"
        case .seLinux: "check that SELinux is enabled"
        case .resourceControl: "check that resctrl is mounted"
        }
    }

    /// - Throws: ``Failure`` in runc's words (WhatConfigMeans, "Labels" and "Intel RDT") if it is not there; also for
    ///   `linux.intelRdt` if it is, as apus makes no groups in it.
    func perform(_ session: inout HostSide) throws(Failure) {
        switch self {
        case .appArmor:
            guard Self.firstLetter(of: "/sys/module/apparmor/parameters/enabled") == UInt8(ascii: "Y") else {
                throw Failure("apparmor profile is specified in config, but apparmor is disabled or not supported")
            }
        case .seLinux:
            // The kernel registers the filesystem only where SELinux was not switched off at boot.
            guard
                try session.proc.read("filesystems").utf8.split(separator: UInt8(ascii: "\n"))
                    .contains(where: { $0.elementsEqual("nodev\tselinuxfs".utf8) })
            else {
                throw Failure("selinux label is specified in config, but selinux is disabled or not supported")
            }
        case .resourceControl:
            guard let mount = try? Linux.open("/sys/fs/resctrl", [.path, .directory]),
                (try? mount.filesystem().type) == UInt64(RDTGROUP_SUPER_MAGIC)
            else { throw Failure("intelRdt is specified in config, but Intel RDT is not enabled") }
            throw Failure.notYet("linux.intelRdt")
        }
    }

    private static func firstLetter(of path: String) -> UInt8? {
        guard let file = try? Linux.open(path, .readOnly) else { return nil }
        return (try? file.readAll(limit: 16, path))?.first
    }
}
