import Base
import CShim

/// Copies what is in a directory into another one: directories, files with their holes, links, FIFOs, sockets and device
/// nodes, with owners and modes; names of one file that are in the tree stay names of one file.
///
/// The tree may change meanwhile, may be as deep as its maker liked, and may have names that are no text. So
/// no path is followed, nothing is called in itself, and the way back up is checked: a directory that was moved elsewhere
/// would lead out of the tree. The copy must be in nobody else's reach.
public struct TreeCopy: ~Copyable {
    private let top: Descriptor
    private var source: Descriptor
    private var target: Descriptor
    private var levels: [Level]
    /// Where in the copy we are: the names on the way down with a `/` after each. One for all levels, since the way may be as
    /// long as the tree is deep.
    private var path: [CChar] = []
    /// The flags of the mounts that we copied from.
    private var flags: MountFlags
    /// Where in the copy the files with several names are.
    private var linked: [Identity: [CChar]] = [:]

    /// A directory on the way down.
    private struct Level {
        /// How much of ``TreeCopy/path`` leads to it.
        var length: Int
        var mount: UInt64
        var identity: Identity
        var rest: [DirectoryEntry]
    }

    /// Which file it is, whatever its name.
    private struct Identity: Hashable {
        var major: UInt32
        var minor: UInt32
        var inode: UInt64

        init(_ status: FileStatus) {
            major = status.filesystem.major
            minor = status.filesystem.minor
            inode = status.inode
        }
    }

    /// Copies what is in `source` into the empty directory `target`; the owner and mode of `target` itself stay.
    ///
    /// - Parameters:
    ///   - source: A directory; O_PATH is enough.
    ///   - target: A directory; O_PATH is enough.
    /// - Returns: Which of nosuid, nodev and noexec some mount that was copied from had.
    /// - Throws: ``Failure`` of the first call that failed, with the name at which it did: ENOSPC if the copy is full, EINVAL
    ///   of `fchownat` for an owner that the user namespace does not have, EPERM of `mknodat` for a device in one.
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
        // The ST_* bits are those of MS_*.
        let flags = MountFlags(rawValue: UInt(try from.filesystem().flags))
        let rest = try from.entries()
        levels = [Level(length: 0, mount: status.mountID, identity: Identity(status), rest: rest)]
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
        guard Identity(try source.status()) == above.identity else {
            throw Failure("a directory was moved while it was copied")
        }
        target = try target.openat("..", [.path, .directory])
    }

    private mutating func copy(_ name: [CChar]) throws(Failure) {
        let original: Descriptor
        do throws(Failure) { original = try source.openat(name, [.path, .noFollow]) } catch
            where error.errno == .ENOENT
        {
            // It was there when the directory was listed.
            return
        }
        let status = try original.status()
        if status.mountID != levels.last?.mount {
            flags.formUnion(MountFlags(rawValue: UInt(try original.filesystem().flags)))
        }
        if status.kind == .directory {
            try check(shim_mkdirat(target.number, name, 0o700), "mkdirat", "make the directory")
            try finish(name, status)
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
        try finish(name, status)
    }

    private mutating func goDown(_ name: [CChar], _ status: FileStatus) throws(Failure) {
        let below = try source.openat(name, [.readOnly, .directory, .noFollow])
        guard Identity(try below.status()) == Identity(status) else {
            throw Failure("a directory was replaced while it was copied")
        }
        target = try target.openat(name, [.path, .directory, .noFollow])
        let rest = try below.entries()
        path += name.dropLast()
        path.append(CChar(bitPattern: UInt8(ascii: "/")))
        levels.append(Level(length: path.count, mount: status.mountID, identity: Identity(status), rest: rest))
        source = below
    }

    /// Gives a file that was copied already, under another name, this name too.
    ///
    /// - Returns: Whether that was done.
    private mutating func linkAgain(_ name: [CChar], _ status: FileStatus) throws(Failure) -> Bool {
        guard status.links > 1, path.count + name.count <= Int(PATH_MAX) else { return false }
        guard let first = linked[Identity(status)] else {
            linked[Identity(status)] = path + name
            return false
        }
        try check(shim_linkat(top.number, first, target.number, name, 0), "linkat", "link")
        return true
    }

    /// Owner before mode, since chown(2) takes set-id bits away; both by name, since the copy is nobody else's.
    private borrowing func finish(_ name: [CChar], _ status: FileStatus) throws(Failure) {
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
        let from = try source.openat(name, [.readOnly, .noFollow, .nonBlocking, .noControllingTerminal])
        let found = try from.status()
        guard found.kind == .regular, Identity(found) == Identity(status) else {
            throw Failure("a file was replaced while it was copied")
        }
        let to = try target.openat(name, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        try Self.copyData(from, to, size: Int64(clamping: status.size))
    }

    /// Piece by piece between the holes: a log of a terabyte may be of a page (lseek(2), SEEK_DATA).
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
            guard read > 0 else { return }
            try to.write(UnsafeRawBufferPointer(rebasing: part.prefix(read)), "it")
            left -= Int64(read)
        }
    }
}

extension Descriptor {
    /// openat(2) of a name that need not be text.
    fileprivate borrowing func openat(
        _ name: [CChar], _ flags: OpenFlags, mode: UInt32 = 0
    ) throws(Failure) -> Descriptor {
        let number = self.number
        return Descriptor(
            owning: try check(uninterrupted { shim_openat(number, name, flags.rawValue, mode) }, "openat", "open it"))
    }

    /// readlinkat(2) of a link that is open (O_PATH): its bytes with a closing NUL.
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
