import Base
import CShim
import Linux

/// Checks that the kernel has something that config.json asks for, and that it is switched on. These checks come first,
/// so that nothing is made for a container that cannot have what it asks for.
enum CheckKernel: HostWork {
    static var word: StaticString { "check-kernel" }

    case appArmor
    case seLinux
    /// Intel's Resource Director Technology, through the resctrl filesystem.
    case resourceControl

    var summary: String {
        switch self {
        case .appArmor: "check that AppArmor is enabled"
        case .seLinux: "check that SELinux is enabled"
        case .resourceControl: "check that resctrl is mounted"
        }
    }

    /// Does the check.
    ///
    /// - Throws: ``Failure`` in runc's words (WhatConfigMeans, "Labels" and "Intel RDT") if the kernel does not have
    ///   it. `linux.intelRdt` fails even if the kernel has it, because apus makes no resctrl groups.
    func perform(_ session: inout HostSide) throws(Failure) {
        switch self {
        case .appArmor:
            guard Self.firstLetter(of: "/sys/module/apparmor/parameters/enabled") == UInt8(ascii: "Y") else {
                throw Failure("apparmor profile is specified in config, but apparmor is disabled or not supported")
            }
        case .seLinux:
            // The kernel registers this filesystem only if SELinux was not switched off at boot.
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
