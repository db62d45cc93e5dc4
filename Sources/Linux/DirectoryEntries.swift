import Base
import CShim

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
