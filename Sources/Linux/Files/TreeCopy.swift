import Base
import CShim

/// Copies the content of a directory into another one: directories, files with their holes, links, FIFOs, sockets and
/// device nodes, with owners and modes. Hard links inside the tree stay hard links, unless the first name of the file
/// is longer than a path may be. Times, extended attributes and file capabilities are not copied.
///
/// The tree may change during the copy, may be of any depth, and may have names that are not UTF-8. So no path of the
/// tree is followed and there is no recursion. The way back up is checked too: a directory that was moved elsewhere
/// would lead out of the tree. Nobody else may be able to reach the copy, whose own paths we do follow.
public struct TreeCopy: ~Copyable {
    private let top: Descriptor
    private var source: Descriptor
    private var target: Descriptor
    private var levels: [Level]
    /// The current place in the copy: the names on the way down with a `/` after each. All levels share it, since the
    /// way may be as long as the tree is deep.
    private var path: [CChar] = []
    /// The flags of the mounts that we copied from.
    private var flags: MountFlags
    /// The place in the copy of each file with several names.
    private var linked: [FileIdentity: [CChar]] = [:]

    /// A directory on the way down.
    private struct Level {
        /// How much of ``TreeCopy/path`` leads to it, in bytes.
        var length: Int
        var mount: UInt64
        var identity: FileIdentity
        var rest: [DirectoryEntry]
    }

    /// Identifies a file, whatever its name.
    private struct FileIdentity: Hashable {
        var major: UInt32
        var minor: UInt32
        var inode: UInt64

        init(_ status: FileStatus) {
            major = status.filesystem.major
            minor = status.filesystem.minor
            inode = status.inode
        }
    }

    /// Copies the content of `source` into the empty directory `target`. The owner and mode of `target` itself stay.
    ///
    /// - Parameters:
    ///   - source: A directory; O_PATH is enough.
    ///   - target: A directory; O_PATH is enough.
    /// - Returns: Those of nosuid, nodev and noexec that at least one copied mount had.
    /// - Throws: ``Failure`` of the first call that failed, which names the file: ENOSPC if the filesystem of the copy
    ///   is full, EINVAL of `fchownat` for an owner that the user namespace does not have, EPERM of `mknodat` for a
    ///   device in a user namespace.
    @discardableResult
    public static func copy(
        _ source: borrowing Descriptor, into target: borrowing Descriptor
    ) throws(Failure) -> MountFlags {
        var copy = try TreeCopy(source, target)
        try copy.copyAll()
        return copy.flags.intersection([.noSetuid, .noDevices, .noExecute])
    }

    private init(_ source: borrowing Descriptor, _ target: borrowing Descriptor) throws(Failure) {
        let from = try source.openat(".", [.readOnly, .directory])
        let into = try target.openat(".", [.path, .directory])
        let top = try into.duplicate()
        let status = try from.status()
        // The ST_* bits have the values of the MS_* bits.
        let flags = MountFlags(rawValue: UInt(try from.filesystem().flags))
        let rest = try from.entries()
        levels = [Level(length: 0, mount: status.mountID, identity: FileIdentity(status), rest: rest)]
        self.flags = flags
        self.source = from
        self.target = into
        self.top = top
    }

    private mutating func copyAll() throws(Failure) {
        while let depth = levels.indices.last {
            if let entry = levels[depth].rest.popLast() {
                do throws(Failure) { try copy(entry.name) } catch {
                    let path = path + entry.name
                    throw error.during("copy \(DirectoryEntry(name: path, isDirectory: false).text)")
                }
            } else {
                levels.removeLast()
                try goUp()
            }
        }
    }

    private mutating func goUp() throws(Failure) {
        guard let above = levels.last else { return }
        path.removeLast(path.count - above.length)
        source = try source.openat("..", [.readOnly, .directory])
        guard FileIdentity(try source.status()) == above.identity else {
            throw Failure("a directory was moved while it was copied")
        }
        target = try target.openat("..", [.path, .directory])
    }

    private mutating func copy(_ name: [CChar]) throws(Failure) {
        let original: Descriptor
        do throws(Failure) { original = try source.openat(name, [.path, .noFollow]) } catch
            where error.errno == .ENOENT
        {
            // It was removed after the directory was listed.
            return
        }
        let status = try original.status()
        if status.mountID != levels.last?.mount {
            flags.formUnion(MountFlags(rawValue: UInt(try original.filesystem().flags)))
        }
        if status.kind == .directory {
            try check(shim_mkdirat(target.number, name, 0o700), "mkdirat", "make the directory")
            try setOwnerAndMode(name, status)
            return try goDown(name, status)
        }
        if try linkAgain(name, status) { return }
        switch status.kind {
        case .regular: try copyFile(name, status)
        case .symbolicLink:
            let answer = try original.linkBytes().withUnsafeBufferPointer {
                shim_symlinkat($0.baseAddress, target.number, name)
            }
            try check(answer, "symlinkat", "make the link")
        case .fifo, .socket, .characterDevice, .blockDevice:
            let kind = status.kind?.bits ?? 0
            try check(
                shim_mknodat(target.number, name, kind | 0o600, status.device.major, status.device.minor), "mknodat",
                "make the node")
        case .directory, nil: throw Failure("a file of an unknown kind")
        }
        try setOwnerAndMode(name, status)
    }

    private mutating func goDown(_ name: [CChar], _ status: FileStatus) throws(Failure) {
        let below = try source.openat(name, [.readOnly, .directory, .noFollow])
        guard FileIdentity(try below.status()) == FileIdentity(status) else {
            throw Failure("a directory was replaced while it was copied")
        }
        target = try target.openat(name, [.path, .directory, .noFollow])
        let rest = try below.entries()
        path += name.dropLast()
        path.append(CChar(bitPattern: UInt8(ascii: "/")))
        levels.append(Level(length: path.count, mount: status.mountID, identity: FileIdentity(status), rest: rest))
        source = below
    }

    /// If the file was already copied under another name, links that copy to this name.
    ///
    /// - Returns: Whether it did.
    private mutating func linkAgain(_ name: [CChar], _ status: FileStatus) throws(Failure) -> Bool {
        // linkat(2) accepts no longer path, so such a file is copied once more.
        guard status.links > 1, path.count + name.count <= Int(PATH_MAX) else { return false }
        guard let first = linked[FileIdentity(status)] else {
            linked[FileIdentity(status)] = path + name
            return false
        }
        try check(shim_linkat(top.number, first, target.number, name, 0), "linkat", "link")
        return true
    }

    /// Sets the owner before the mode, since chown(2) clears the set-id bits. Both go by name, since nobody else can
    /// reach the copy.
    private borrowing func setOwnerAndMode(_ name: [CChar], _ status: FileStatus) throws(Failure) {
        let answer = shim_fchownat(target.number, name, status.uid, status.gid, AT_SYMLINK_NOFOLLOW)
        do throws(Failure) { try check(answer, "fchownat", "give it to \(status.uid):\(status.gid)") } catch
            where error.errno == .EINVAL
        {
            throw error.hinting("the user namespace has no such user or group")
        }
        guard status.kind != .symbolicLink else { return }
        try check(shim_fchmodat(target.number, name, status.permissions), "fchmodat", "set its mode")
    }

    private borrowing func copyFile(_ name: [CChar], _ status: FileStatus) throws(Failure) {
        // A FIFO may have taken the file's place, and opening it would wait for a writer without O_NONBLOCK.
        let from = try source.openat(name, [.readOnly, .noFollow, .nonBlocking, .noControllingTerminal])
        let found = try from.status()
        guard found.kind == .regular, FileIdentity(found) == FileIdentity(status) else {
            throw Failure("a file was replaced while it was copied")
        }
        let to = try target.openat(name, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        try Self.copyData(from, to, size: Int64(clamping: status.size))
    }

    /// Copies only the data between the holes: a log of a terabyte may have one page of data (lseek(2), SEEK_DATA).
    private static func copyData(
        _ from: borrowing Descriptor, _ to: borrowing Descriptor, size: Int64
    ) throws(Failure) {
        var end: Int64 = 0
        while end < size {
            let start = shim_lseek(from.number, end, SEEK_DATA)
            if start == -Int64(Errno.ENXIO.rawValue) { break }
            try check(start, "lseek", "find its data")
            end = min(try check(shim_lseek(from.number, start, SEEK_HOLE), "lseek", "find its holes"), size)
            guard end > start else { break }
            try check(shim_lseek(from.number, start, SEEK_SET), "lseek", "read it")
            try check(shim_lseek(to.number, start, SEEK_SET), "lseek", "write it")
            try copyBytes(from, to, count: end - start)
        }
        try check(shim_ftruncate(to.number, size), "ftruncate", "set its size")
    }

    private static func copyBytes(
        _ from: borrowing Descriptor, _ to: borrowing Descriptor, count: Int64
    ) throws(Failure) {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 1)
        defer { piece.deallocate() }
        var left = count
        while left > 0 {
            let part = UnsafeMutableRawBufferPointer(rebasing: piece.prefix(Int(min(left, 65536))))
            let read = try from.read(into: part)
            // The file has become shorter meanwhile. The copy keeps its size, as if the rest were a hole.
            guard read > 0 else { return }
            try to.write(UnsafeRawBufferPointer(rebasing: part.prefix(read)), "it")
            left -= Int64(read)
        }
    }
}

extension Descriptor {
    /// openat(2) of a name that need not be UTF-8.
    fileprivate borrowing func openat(
        _ name: [CChar], _ flags: OpenFlags, mode: UInt32 = 0
    ) throws(Failure) -> Descriptor {
        let number = self.number
        return Descriptor(
            owning: try check(uninterrupted { shim_openat(number, name, flags.rawValue, mode) }, "openat", "open it"))
    }

    /// readlinkat(2) of an open link (O_PATH): its bytes with a NUL at the end.
    fileprivate borrowing func linkBytes() throws(Failure) -> [CChar] {
        let limit = Int(PATH_MAX)
        let number = self.number
        var answer = 0
        let bytes = [CChar](unsafeUninitializedCapacity: limit + 1) { buffer, count in
            answer = shim_readlinkat(number, "", buffer.baseAddress, limit)
            count = max(answer, 0)
        }
        try check(answer, "readlinkat", "read the link")
        return bytes + [0]
    }
}
