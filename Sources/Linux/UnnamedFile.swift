import Base
import CShim

/// Makes the file `name` with `text` in it, whole from the moment it has a name, and leaves nothing else if we are killed meanwhile.
///
/// The file is written before it has any name (O_TMPFILE, open(2)), and then linked into the directory. What has the name already
/// is removed first: a reader that waits for the file sees none, or the new one. Filesystems without O_TMPFILE get
/// ``replaceFile(_:with:mode:at:)``, whose temporary name stays if we are killed.
///
/// - Parameter mode: The caller's umask applies.
public func placeFile(
    _ name: String, with text: String, mode: UInt32, at directory: borrowing Descriptor
) throws(Failure) {
    do throws(Failure) {
        let file = try open(".", at: directory, [.writeOnly, .unnamed], mode: mode)
        try file.write(text, name)
        do throws(Failure) { try file.link(as: name, at: directory) } catch  where error.errno == .EEXIST {
            do throws(Failure) { try remove(name, at: directory) } catch  where error.errno == .ENOENT {}
            try file.link(as: name, at: directory)
        }
    } catch  where error.cause?.call == "openat" || error.cause?.call == "linkat" {
        try replaceFile(name, with: text, mode: mode, at: directory)
    }
}

extension Descriptor {
    /// linkat(2): gives the unnamed file a name. Through /proc, since AT_EMPTY_PATH takes CAP_DAC_READ_SEARCH in the first user
    /// namespace.
    fileprivate borrowing func link(as name: String, at directory: borrowing Descriptor) throws(Failure) {
        let answer = shim_linkat(
            AT_FDCWD, "/proc/self/fd/\(number)", directory.number, name, AT_SYMLINK_FOLLOW)
        try check(answer, "linkat", "link \(name)")
    }
}
