import Base
import CShim

/// open(2) by a path of the host, which is trusted. Anything below a container's root goes through
/// ``open(_:inside:_:mode:)`` instead.
public func open(_ path: String, _ flags: OpenFlags, mode: UInt32 = 0) throws(Failure) -> Descriptor {
    let number = uninterrupted { shim_open(path, flags.rawValue, mode) }
    return Descriptor(owning: try check(number, "open", "open \(path)"))
}

/// openat(2) of one name in a directory that is open already.
public func open(
    _ name: String, at directory: borrowing Descriptor, _ flags: OpenFlags, mode: UInt32 = 0
) throws(Failure) -> Descriptor {
    let number = uninterrupted { shim_openat(directory.number, name, flags.rawValue, mode) }
    return Descriptor(owning: try check(number, "openat", "open \(name)"))
}

extension Descriptor {
    /// read(2), once; 0 at the end of the file.
    public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let number = self.number
        return try check(
            uninterrupted { shim_read(number, buffer.baseAddress, buffer.count) }, "read", "read descriptor \(number)")
    }

    /// Reads to the end, at most `limit` bytes.
    ///
    /// - Parameter limit: In bytes; one byte more is an error of the runtime's own, so that a file which never ends,
    ///   or a huge one, cannot take the memory.
    public borrowing func readAll(limit: Int, _ what: @autoclosure () -> String) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var room = min(limit + 1, 16384)
        while true {
            let number = self.number
            var answer = 0
            let piece = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
                answer = uninterrupted { shim_read(number, buffer.baseAddress, room) }
                count = max(answer, 0)
            }
            guard try check(answer, "read", "read \(what())") > 0 else { return bytes }
            if bytes.isEmpty { bytes = piece } else { bytes += piece }
            guard bytes.count <= limit else {
                throw Failure("read \(what()): more than \(limit) bytes", hint: "apus itself reads no more of it")
            }
            room = min(limit + 1 - bytes.count, 65536)
        }
    }

    /// Writes all of `bytes`; for files of the kernel that is one write(2), which is what they want.
    public borrowing func write(_ bytes: UnsafeRawBufferPointer, _ what: @autoclosure () -> String) throws(Failure) {
        try check(writeAll(bytes), "write", "write \(what())")
    }

    /// Writes all of `text`.
    public borrowing func write(_ text: String, _ what: @autoclosure () -> String) throws(Failure) {
        var text = text
        let number = self.number
        let answer = text.withUTF8 { bytes in Self.writeAll(UnsafeRawBufferPointer(bytes), to: number) }
        try check(answer, "write", "write \(what())")
    }

    private borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) -> Int { Self.writeAll(bytes, to: number) }

    /// - Returns: 0, or what the kernel answered instead.
    private static func writeAll(_ bytes: UnsafeRawBufferPointer, to number: CInt) -> Int {
        var rest = bytes
        repeat {
            let part = rest
            let count = uninterrupted { shim_write(number, part.baseAddress, part.count) }
            guard count >= 0 else { return count }
            rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(count))
        } while !rest.isEmpty
        return 0
    }

    /// statx(2) of the open file itself.
    public borrowing func status() throws(Failure) -> FileStatus {
        var status = shim_status()
        try check(shim_statx(number, "", AT_EMPTY_PATH, &status), "statx", "look at descriptor \(number)")
        return FileStatus(status)
    }

    /// fstatfs(2): the filesystem's magic number and its `ST_*` mount flags.
    public borrowing func filesystem() throws(Failure) -> shim_filesystem {
        var filesystem = shim_filesystem()
        try check(shim_fstatfs(number, &filesystem), "fstatfs", "look at the filesystem of descriptor \(number)")
        return filesystem
    }
}

/// What statx(2) says of a file.
public struct FileStatus: Equatable, Sendable {
    /// The type bits of a mode (inode(7)).
    public enum Kind: Sendable {
        case fifo, characterDevice, directory, blockDevice, regular, symbolicLink, socket

        /// The kind that the type bits of `mode` stand for; nil for bits that this kernel's headers do not have.
        init?(mode: UInt32) {
            switch mode & UInt32(S_IFMT) {
            case UInt32(S_IFIFO): self = .fifo
            case UInt32(S_IFCHR): self = .characterDevice
            case UInt32(S_IFDIR): self = .directory
            case UInt32(S_IFBLK): self = .blockDevice
            case UInt32(S_IFREG): self = .regular
            case UInt32(S_IFLNK): self = .symbolicLink
            case UInt32(S_IFSOCK): self = .socket
            default: return nil
            }
        }

        /// The type bits, for mknodat(2).
        var bits: UInt32 {
            switch self {
            case .fifo: UInt32(S_IFIFO)
            case .characterDevice: UInt32(S_IFCHR)
            case .directory: UInt32(S_IFDIR)
            case .blockDevice: UInt32(S_IFBLK)
            case .regular: UInt32(S_IFREG)
            case .symbolicLink: UInt32(S_IFLNK)
            case .socket: UInt32(S_IFSOCK)
            }
        }

        /// `a directory`
        public var words: String {
            switch self {
            case .fifo: "a FIFO"
            case .characterDevice: "a character device"
            case .directory: "a directory"
            case .blockDevice: "a block device"
            case .regular: "a regular file"
            case .symbolicLink: "a symbolic link"
            case .socket: "a socket"
            }
        }
    }

    /// The kind of file; nil for a number the kernel has not had yet.
    public let kind: Kind?
    /// The permission bits with set-id and sticky bits: `0o7777`.
    public let permissions: UInt32
    /// The owner.
    public let uid: UInt32
    /// The owner's group.
    public let gid: UInt32
    /// In bytes.
    public let size: UInt64
    /// How many names it has; 0 where it was removed and is only open.
    public let links: UInt32
    /// The inode number.
    public let inode: UInt64
    /// The device the file is on.
    public let filesystem: DeviceNumber
    /// The device the file is, for device nodes.
    public let device: DeviceNumber
    /// STATX_MNT_ID: the mount the file was reached through.
    public let mountID: UInt64
    /// Whether the file is the root of a mount (STATX_ATTR_MOUNT_ROOT).
    public let isMountRoot: Bool
    /// The last change of the content, in nanoseconds since 1970.
    public let modified: Int64

    init(_ status: shim_status) {
        kind = Kind(mode: status.mode)
        permissions = status.mode & 0o7777
        uid = status.uid
        gid = status.gid
        size = status.size
        links = status.links
        inode = status.inode
        filesystem = DeviceNumber(major: status.device_major, minor: status.device_minor)
        device = DeviceNumber(major: status.special_major, minor: status.special_minor)
        mountID = status.mount_id
        isMountRoot = status.attributes & UInt64(STATX_ATTR_MOUNT_ROOT) != 0
        modified = status.modified_seconds &* 1_000_000_000 &+ Int64(status.modified_nanoseconds)
    }
}

/// A device's two numbers.
public struct DeviceNumber: Equatable, Sendable {
    /// Which driver.
    public var major: UInt32
    /// Which of its devices.
    public var minor: UInt32

    /// `major:minor`
    public init(major: UInt32, minor: UInt32) {
        self.major = major
        self.minor = minor
    }
}

/// statx(2) of a path of the host, links followed.
public func status(_ path: String) throws(Failure) -> FileStatus {
    var status = shim_status()
    try check(shim_statx(AT_FDCWD, path, 0, &status), "statx", "look at \(path)")
    return FileStatus(status)
}

/// readlinkat(2): the target of the link `name` in `directory`, or of the link that `directory` itself is (O_PATH) where
/// the name is empty.
public func readLink(_ name: String, at directory: borrowing Descriptor) throws(Failure) -> String {
    var answer = 0
    let number = directory.number
    let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
        answer = buffer.withMemoryRebound(to: CChar.self) { shim_readlinkat(number, name, $0.baseAddress, $0.count) }
        count = max(answer, 0)
    }
    try check(answer, "readlinkat", "read the link \(name)")
    return String(decoding: bytes, as: UTF8.self)
}

/// mkdirat(2).
public func makeDirectory(_ name: String, at directory: borrowing Descriptor, mode: UInt32) throws(Failure) {
    try check(shim_mkdirat(directory.number, name, mode), "mkdirat", "make the directory \(name)")
}

/// fchmodat(2) of one name in a directory that is open already; the umask does not apply.
public func changeMode(of name: String, at directory: borrowing Descriptor, to mode: UInt32) throws(Failure) {
    try check(shim_fchmodat(directory.number, name, mode), "fchmodat", "set the mode of \(name)")
}

/// unlinkat(2) of a file, or with AT_REMOVEDIR of an empty directory.
public func remove(_ name: String, at directory: borrowing Descriptor, isDirectory: Bool = false) throws(Failure) {
    try check(
        shim_unlinkat(directory.number, name, isDirectory ? AT_REMOVEDIR : 0), "unlinkat", "remove \(name)")
}

/// renameat(2) inside one directory: the new name is replaced at once.
public func rename(_ name: String, to newName: String, at directory: borrowing Descriptor) throws(Failure) {
    try check(
        shim_renameat2(directory.number, name, directory.number, newName, 0), "renameat2",
        "rename \(name) to \(newName)")
}

/// Writes a whole file under a temporary name and renames it over `name`, so that a reader sees the old content or the
/// new, never a part.
///
/// The directory may be one where others write too, such as /tmp: what has the temporary name already, left by a runtime
/// that was killed or put there to be written through or waited for, is removed and never opened.
public func replaceFile(
    _ name: String, with text: String, mode: UInt32, at directory: borrowing Descriptor
) throws(Failure) {
    let temporary = ".\(name).new"
    let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
    let file: Descriptor
    do throws(Failure) { file = try open(temporary, at: directory, flags, mode: mode) } catch
        where error.errno == .EEXIST
    {
        try remove(temporary, at: directory)
        file = try open(temporary, at: directory, flags, mode: mode)
    }
    do throws(Failure) {
        try file.write(text, name)
        try rename(temporary, to: name, at: directory)
    } catch {
        try? remove(temporary, at: directory)
        throw error
    }
}

/// symlinkat(2).
public func makeLink(_ name: String, to target: String, at directory: borrowing Descriptor) throws(Failure) {
    try check(shim_symlinkat(target, directory.number, name), "symlinkat", "link \(name) to \(target)")
}

/// mknodat(2); the caller's umask applies.
public func makeNode(
    _ name: String, at directory: borrowing Descriptor, kind: FileStatus.Kind, permissions: UInt32,
    device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
) throws(Failure) {
    let answer = shim_mknodat(directory.number, name, kind.bits | permissions, device.major, device.minor)
    try check(answer, "mknodat", "make the node \(name)")
}

/// fchownat(2) of what `file` (O_PATH will do) is open on.
public func changeOwner(
    of file: borrowing Descriptor, uid: UInt32, gid: UInt32, _ what: @autoclosure () -> String
) throws(Failure) {
    try check(shim_fchownat(file.number, "", uid, gid, AT_EMPTY_PATH), "fchownat", "give \(what()) to \(uid):\(gid)")
}

extension Descriptor {
    /// Whether there is something to read, or the other side is gone (poll(2), POLLIN), waiting for at most `milliseconds`.
    public borrowing func isReadable(within milliseconds: Int) -> Bool {
        var entry = shim_poll(fd: number, events: CShort(POLLIN), happened: 0)
        return uninterrupted { shim_poll(&entry, 1, CInt(milliseconds)) } > 0
    }

    /// Reads what there is now, at most `limit` bytes, from a descriptor opened non-blocking.
    public borrowing func readAllWithoutWaiting(limit: Int) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 4096, alignment: 1)
        defer { piece.deallocate() }
        while bytes.count < limit {
            let count: Int
            do throws(Failure) { count = try read(into: piece) } catch  where error.errno == .EAGAIN { break }
            guard count > 0 else { break }
            bytes += piece.prefix(count)
        }
        return bytes
    }
}

/// Writes `text` in one write(2) to a descriptor that somebody else owns, opened O_APPEND; a failure is passed over.
public func append(_ text: String, to file: CInt) {
    var text = text
    text.withUTF8 { _ = shim_write(file, $0.baseAddress, $0.count) }
}

/// statx(2) of a descriptor that somebody else owns, such as a standard one.
public func status(of number: CInt) throws(Failure) -> FileStatus {
    var status = shim_status()
    try check(shim_statx(number, "", AT_EMPTY_PATH, &status), "statx", "look at descriptor \(number)")
    return FileStatus(status)
}

/// setxattr(2) of the current directory, such as a mount that was entered by ``enter(_:)`` and has no path yet.
public func setAttribute(_ name: String, ofCurrentDirectoryTo value: String) throws(Failure) {
    var value = value
    let answer = value.withUTF8 { bytes in shim_setxattr(".", name, bytes.baseAddress, bytes.count) }
    try check(answer, "setxattr", "set the attribute \(name)")
}
