import Base
import CShim
import Linux

/// The device filters of earlier containers, pinned in the BPF filesystem: the kernel checks and compiles each new
/// program, and that takes a tenth of the time of `run`. Most containers of a host have the same device rules.
///
/// The folder is ``folder``. The name of an entry says the rules in full, so the entry cannot be mistaken for another
/// one. Only we may write to the folder; otherwise it is not used. Containers do not depend on the entries, which may
/// be removed at any time: the kernel keeps a program as long as it is attached to a cgroup. Where no BPF filesystem is
/// mounted, as without systemd, each container loads its own program.
enum PinnedDeviceFilters {
    /// Where the BPF filesystem is mounted, on every host that has it.
    private static let mountPoint = "/sys/fs/bpf"
    private static let folderName = "apus"
    static let folder = mountPoint + "/" + folderName

    /// The most entries of the folder. Before there are more, all are removed, which costs each set of rules one
    /// compilation.
    static let mostEntries = 64

    /// Finds the filter that applies `rules`; nil if it is not there, or must not be used.
    static func find(_ rules: DeviceRules) -> DeviceFilter? {
        guard let name = name(of: rules), let folder = try? openFolder(.path) else { return nil }
        return try? DeviceFilter(pinnedAt: path(of: name, in: folder))
    }

    /// Pins the filter for the next container. Nothing depends on it, so a failure is none.
    static func keep(_ filter: borrowing DeviceFilter, of rules: DeviceRules) {
        guard let name = name(of: rules),
            let mount = try? Linux.open(mountPoint, [.path, .directory]),
            (try? mount.filesystem().type) == UInt64(BPF_FS_MAGIC)
        else { return }
        try? mount.mkdirat(folderName, mode: 0o700)
        guard let folder = try? openFolder(.readOnly) else { return }
        let names = (try? folder.names()) ?? []
        if names.count >= mostEntries { for name in names { try? folder.unlinkat(name) } }
        try? filter.pin(at: path(of: name, in: folder))
    }

    /// Says the rules in one word without dots, which this filesystem forbids: `1,deny,c*:*m,c1:3rwm`. The first number
    /// is the version of ``DeviceProgram``.
    ///
    /// - Returns: nil if the word would be longer than a file's name may be.
    static func name(of rules: DeviceRules) -> String? {
        var name = "\(DeviceProgram.version),\(rules.allowsByDefault ? "allow" : "deny")"
        for exception in rules.exceptions {
            name += ",\(exception.pattern.word)\(exception.access.letters)"
            guard name.utf8.count <= 255 else { return nil }
        }
        return name
    }

    private static func openFolder(_ access: OpenFlags) throws(Failure) -> Descriptor {
        let directory = try Linux.open(folder, [access, .directory, .noFollow])
        try Ours.check(try directory.status(), .directory, folder)
        return directory
    }

    /// bpf(2) takes paths alone until Linux 6.5.
    private static func path(of name: String, in folder: borrowing Descriptor) -> String {
        "/proc/self/fd/\(folder.number)/\(name)"
    }
}
