import Base
import CShim
import Linux

/// The container's cgroup, in cgroup v2 (cgroups(7); kernel: Documentation/admin-guide/cgroup-v2.rst).
///
/// A cgroup is a directory below the cgroup2 mount, and its files are its interface: one write(2) sets one limit. The
/// directory is opened without crossing a symbolic link or a mount. Nothing here waits without a time limit.
struct Cgroup: ~Copyable {
    /// Where the cgroup is below the mount.
    let path: CgroupPath
    /// The directory, opened with O_PATH. That is enough for clone3(2) with CLONE_INTO_CGROUP and for attaching device
    /// filters.
    let directory: Descriptor
    /// The root of the mount.
    let mount: Descriptor
    /// For each directory that we made, how many parts its path has; ``undo()`` removes these.
    let made: [Int]

    /// Whether we made this cgroup. If not, it may already have processes, limits and filters.
    var isNew: Bool { made.last == path.parts.count }

    init(path: CgroupPath, directory: consuming Descriptor, mount: consuming Descriptor, made: [Int] = []) {
        self.path = path
        self.directory = directory
        self.mount = mount
        self.made = made
    }

    /// Opens an existing cgroup.
    ///
    /// - Returns: nil if it does not exist any more.
    static func open(_ path: CgroupPath) throws(Failure) -> Cgroup? {
        let mount = try openMount()
        do throws(Failure) {
            return Cgroup(path: path, directory: try Self.directory(path.relative, below: mount), mount: mount)
        } catch  where error.errno == .ENOENT || error.errno == .ENODEV { return nil }
    }

    /// Opens the mount, and checks that it is cgroup v2 and not the folder that holds cgroup v1's mounts.
    static func openMount() throws(Failure) -> Descriptor {
        do throws(Failure) {
            let mount = try Linux.open(CgroupPath.mountPoint, [.path, .directory])
            guard try mount.filesystem().type == UInt64(CGROUP2_SUPER_MAGIC) else {
                throw Failure("another filesystem")
            }
            return mount
        } catch {
            throw Failure(
                "no cgroup v2 at \(CgroupPath.mountPoint)", cause: error.cause,
                hint:
                    "boot with systemd.unified_cgroup_hierarchy=1, or mount cgroup2 there in a mount namespace of its own"
            )
        }
    }

    /// - Parameter relative: The path from the mount.
    static func directory(_ relative: String, below mount: borrowing Descriptor) throws(Failure) -> Descriptor {
        do throws(Failure) {
            return try mount.openat2(relative, [.path, .directory], resolve: [.beneath, .noLinks, .noMounts])
        } catch {
            throw Failure("open the cgroup /\(relative)", cause: error.cause)
        }
    }

    // MARK: Files

    /// Opens a file of the cgroup.
    borrowing func file(_ name: String, _ flags: OpenFlags) throws(Failure) -> Descriptor {
        try Self.file(name, of: directory, flags)
    }

    static func file(
        _ name: String, of directory: borrowing Descriptor, _ flags: OpenFlags
    ) throws(Failure) -> Descriptor {
        do throws(Failure) {
            return try directory.openat2(name, flags, resolve: [.beneath, .noLinks, .noMounts])
        } catch {
            throw Failure("open \(name)", cause: error.cause)
        }
    }

    /// Reads a small file of the cgroup: its first 4096 bytes, in one read(2).
    borrowing func read(_ name: String) throws(Failure) -> String { try Self.read(name, of: directory) }

    static func read(_ name: String, of directory: borrowing Descriptor) throws(Failure) -> String {
        let file = try file(name, of: directory, .readOnly)
        return String(decoding: try file.pread(limit: 4096, name), as: UTF8.self)
    }

    /// Writes to a file of the cgroup in one write(2).
    borrowing func write(_ value: String, to name: String) throws(Failure) {
        try Self.write(value, to: name, of: directory)
    }

    static func write(_ value: String, to name: String, of directory: borrowing Descriptor) throws(Failure) {
        let file = try file(name, of: directory, .writeOnly)
        try file.write(value, name)
    }

    /// Splits a line such as `cpuset cpu io` into its words.
    static func words(_ text: String) -> [String] {
        text.utf8.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\n") }.map { String(Substring($0)) }
    }

    /// Finds the number after `key` in a file of lines `key number`, such as cgroup.events.
    static func number(of key: String, in text: String) -> UInt64? {
        for line in text.utf8.split(separator: UInt8(ascii: "\n")) {
            let fields = line.split(separator: UInt8(ascii: " "))
            if fields.count == 2, fields[0].elementsEqual(key.utf8) { return UInt64(Substring(fields[1])) }
        }
        return nil
    }
}
