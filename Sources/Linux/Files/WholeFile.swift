import Base
import CShim

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
