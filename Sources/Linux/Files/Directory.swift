import Base
import CShim

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

/// setxattr(2) of the current directory, such as a mount that was entered by ``enter(_:)`` and has no path yet.
public func setAttribute(_ name: String, ofCurrentDirectoryTo value: String) throws(Failure) {
    var value = value
    let answer = value.withUTF8 { bytes in shim_setxattr(".", name, bytes.baseAddress, bytes.count) }
    try check(answer, "setxattr", "set the attribute \(name)")
}

/// One name in a directory.
struct DirectoryEntry: Equatable {
    /// As the kernel has it, with its closing NUL: names need not be text.
    var name: [CChar]
    /// Whether the filesystem says that it is a directory; not all do (getdents(2), DT_UNKNOWN).
    var isDirectory: Bool

    /// The name for a person, and for those of the runtime's own files.
    var text: String { String(decoding: name.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self) }
}

/// The entries of a directory, without `.` and `..`, in the kernel's order (getdents64(2)).
///
/// - Parameter directory: Opened for reading; its offset is moved.
func entries(in directory: borrowing Descriptor) throws(Failure) -> [DirectoryEntry] {
    let lengthOffset = 16, kindOffset = 18, nameOffset = 19
    let number = directory.number
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

/// The names in a directory as text, as ``entries(in:)`` lists them.
public func names(in directory: borrowing Descriptor) throws(Failure) -> [String] {
    try entries(in: directory).map { $0.text }
}
