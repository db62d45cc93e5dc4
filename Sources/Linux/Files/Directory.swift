import Base
import CShim

/// Calls on an open directory, or on one name in it. O_PATH is enough for all but ``names()`` and ``entries()``, which
/// read.
extension Descriptor {
    /// openat(2).
    ///
    /// - Parameters:
    ///   - flags: O_CLOEXEC is added.
    ///   - mode: The permissions of a file that is created; the caller's umask applies.
    public borrowing func openat(
        _ name: String, _ flags: OpenFlags, mode: UInt32 = 0
    ) throws(Failure) -> Descriptor {
        let directory = number
        let answer = uninterrupted { shim_openat(directory, name, flags.rawValue, mode) }
        return Descriptor(owning: try check(answer, "openat", "open \(name)"))
    }

    /// readlinkat(2): the target of the link `name`. With an empty name, the target of the link that this descriptor
    /// is open on (O_PATH with O_NOFOLLOW).
    public borrowing func readlinkat(_ name: String) throws(Failure) -> String {
        var answer = 0
        let number = self.number
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            answer = buffer.withMemoryRebound(to: CChar.self) {
                shim_readlinkat(number, name, $0.baseAddress, $0.count)
            }
            count = max(answer, 0)
        }
        try check(answer, "readlinkat", "read the link \(name)")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// mkdirat(2); the caller's umask applies to `mode`.
    public borrowing func mkdirat(_ name: String, mode: UInt32) throws(Failure) {
        try check(shim_mkdirat(number, name, mode), "mkdirat", "make the directory \(name)")
    }

    /// fchmodat(2); the umask does not apply.
    public borrowing func fchmodat(_ name: String, mode: UInt32) throws(Failure) {
        try check(shim_fchmodat(number, name, mode), "fchmodat", "set the mode of \(name)")
    }

    /// unlinkat(2) of a file, or with AT_REMOVEDIR of an empty directory.
    public borrowing func unlinkat(_ name: String, isDirectory: Bool = false) throws(Failure) {
        try check(shim_unlinkat(number, name, isDirectory ? AT_REMOVEDIR : 0), "unlinkat", "remove \(name)")
    }

    /// renameat2(2) inside the directory. A file that already has the new name is replaced atomically.
    public borrowing func renameat(_ name: String, to newName: String) throws(Failure) {
        try check(
            shim_renameat2(number, name, number, newName, 0), "renameat2", "rename \(name) to \(newName)")
    }

    /// symlinkat(2): makes the link `name` to `target`.
    public borrowing func symlinkat(_ target: String, as name: String) throws(Failure) {
        try check(shim_symlinkat(target, number, name), "symlinkat", "link \(name) to \(target)")
    }

    /// mknodat(2); the caller's umask applies to `permissions`.
    ///
    /// - Parameter device: The numbers of a character or block device.
    public borrowing func mknodat(
        _ name: String, kind: FileStatus.Kind, permissions: UInt32,
        device: DeviceNumber = DeviceNumber(major: 0, minor: 0)
    ) throws(Failure) {
        let answer = shim_mknodat(number, name, kind.bits | permissions, device.major, device.minor)
        try check(answer, "mknodat", "make the node \(name)")
    }

    /// fchownat(2), AT_EMPTY_PATH: changes the owner of the file that this descriptor is open on.
    ///
    /// - Parameters:
    ///   - uid: The new owner; `UInt32.max` leaves the old one.
    ///   - gid: The new group; `UInt32.max` leaves the old one.
    public borrowing func fchownat(
        uid: UInt32, gid: UInt32, _ what: @autoclosure () -> String
    ) throws(Failure) {
        try check(shim_fchownat(number, "", uid, gid, AT_EMPTY_PATH), "fchownat", "give \(what()) to \(uid):\(gid)")
    }

    /// fchdir(2).
    public borrowing func fchdir() throws(Failure) {
        try check(shim_fchdir(number), "fchdir", "change to descriptor \(number)")
    }

    /// The names in the directory as text, without `.` and `..`, in the kernel's order (getdents64(2)).
    ///
    /// The directory must be open for reading; its offset moves.
    public borrowing func names() throws(Failure) -> [String] {
        try entries().map { $0.text }
    }
}

/// chdir(2) by a path of the host.
public func chdir(_ path: String) throws(Failure) {
    try check(shim_chdir(path), "chdir", "change to \(path)")
}

/// setxattr(2) of the current directory, for example of a mount that ``Descriptor/fchdir()`` entered and that has no
/// path yet.
public func setxattr(_ name: String, ofCurrentDirectoryTo value: String) throws(Failure) {
    var value = value
    let answer = value.withUTF8 { bytes in shim_setxattr(".", name, bytes.baseAddress, bytes.count) }
    try check(answer, "setxattr", "set the attribute \(name)")
}

/// One name in a directory.
struct DirectoryEntry: Equatable {
    /// The kernel's bytes, with the NUL at the end: names need not be UTF-8.
    var name: [CChar]
    /// Whether the filesystem reports a directory; not all filesystems do (getdents(2), DT_UNKNOWN).
    var isDirectory: Bool

    /// The name as text: for messages, and for the runtime's own files.
    var text: String { String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

extension Descriptor {
    /// getdents64(2): the entries of the directory, without `.` and `..`, in the kernel's order.
    ///
    /// The directory must be open for reading; its offset moves.
    borrowing func entries() throws(Failure) -> [DirectoryEntry] {
        let lengthOffset = 16, kindOffset = 18, nameOffset = 19
        let number = self.number
        var entries: [DirectoryEntry] = []
        var buffer = [UInt8](repeating: 0, count: 8192)
        while true {
            let count = try check(
                buffer.withUnsafeMutableBytes { shim_getdents64(number, $0.baseAddress, $0.count) }, "getdents64",
                "list a directory")
            guard count > 0 else { return entries }
            var offset = 0
            while offset + nameOffset < count {
                let length = Int(buffer[offset + lengthOffset]) | Int(buffer[offset + lengthOffset + 1]) << 8
                let end = min(offset + max(length, nameOffset), count)
                let name = buffer[(offset + nameOffset)..<end].prefix { $0 != 0 }
                if !name.elementsEqual(".".utf8), !name.elementsEqual("..".utf8) {
                    entries.append(
                        DirectoryEntry(
                            name: name.map { CChar(bitPattern: $0) } + [0],
                            isDirectory: buffer[offset + kindOffset] == UInt8(DT_DIR)))
                }
                offset = end
            }
        }
    }
}

/// A lock on a directory (flock(2)). It belongs to the open file, so it lasts until the value goes away, or the process
/// ends, in whatever way; but a child of clone(2) that still has a copy of the descriptor keeps it too.
public struct DirectoryLock: ~Copyable {
    /// The directory.
    public let directory: Descriptor

    /// Takes over `directory` and waits for the lock.
    ///
    /// - Parameter milliseconds: The longest wait. A holder that hangs is an error, never an endless wait.
    /// - Throws: ``Failure`` of `flock`: EAGAIN if another process held it all the time.
    public init(_ directory: consuming Descriptor, within milliseconds: Int = 60_000, _ what: String) throws(Failure) {
        let number = directory.number
        var waited = 0
        var answer = uninterrupted { shim_flock(number, LOCK_EX | LOCK_NB) }
        while answer == -Errno.EAGAIN.rawValue, waited < milliseconds {
            let step = waited < 20 ? 1 : 10
            Clock.sleep(milliseconds: step)
            waited += step
            answer = uninterrupted { shim_flock(number, LOCK_EX | LOCK_NB) }
        }
        do throws(Failure) { try check(answer, "flock", "lock \(what)") } catch  where error.errno == .EAGAIN {
            throw error.hinting("another command is at work on it, and did not end within \(milliseconds / 1000) s")
        }
        self.directory = directory
    }

    /// No lock.
    public static var none: DirectoryLock { DirectoryLock() }

    private init() { directory = .none }
}
