import Base
import CShim

extension Descriptor {
    /// Writes a whole file in this directory under a temporary name and renames it to `name`, so that a reader sees
    /// the old content or the new one, never a part.
    ///
    /// Others may write to the directory too, for example to /tmp. If something already has the temporary name, we
    /// remove it and never open it: a runtime that was killed may have left it, or somebody may want us to write
    /// through it or wait for it.
    ///
    /// - Parameter mode: The permissions of the new file; the caller's umask applies.
    /// - Throws: ``Failure`` of the call that failed; the temporary file is gone then.
    public borrowing func replaceFile(_ name: String, with text: String, mode: UInt32) throws(Failure) {
        let temporary = ".\(name).new"
        let flags: OpenFlags = [.writeOnly, .create, .exclusive, .noFollow]
        let file: Descriptor
        do throws(Failure) { file = try openat(temporary, flags, mode: mode) } catch  where error.errno == .EEXIST {
            try unlinkat(temporary)
            file = try openat(temporary, flags, mode: mode)
        }
        do throws(Failure) {
            try file.write(text, name)
            try renameat(temporary, to: name)
        } catch {
            try? unlinkat(temporary)
            throw error
        }
    }

    /// Makes the file `name` in this directory with `text` in it. The file is complete as soon as it has a name, and
    /// if we are killed meanwhile, nothing else is left behind.
    ///
    /// The file is written before it has a name (O_TMPFILE, open(2)), and then linked into the directory. If a file
    /// already has the name, it is removed first: a reader that waits for the file sees no file, or the new one. On
    /// filesystems without O_TMPFILE this is ``replaceFile(_:with:mode:)``, whose temporary file stays if we are
    /// killed.
    ///
    /// - Parameter mode: The permissions of the new file; the caller's umask applies.
    public borrowing func placeFile(_ name: String, with text: String, mode: UInt32) throws(Failure) {
        do throws(Failure) {
            let file = try openat(".", [.writeOnly, .unnamed], mode: mode)
            try file.write(text, name)
            do throws(Failure) { try file.linkat(self, name) } catch  where error.errno == .EEXIST {
                do throws(Failure) { try unlinkat(name) } catch  where error.errno == .ENOENT {}
                try file.linkat(self, name)
            }
        } catch  where error.cause?.call == "openat" || error.cause?.call == "linkat" {
            try replaceFile(name, with: text, mode: mode)
        }
    }

    /// linkat(2): gives the unnamed file a name. It goes through /proc, since AT_EMPTY_PATH needs CAP_DAC_READ_SEARCH
    /// in the first user namespace.
    private borrowing func linkat(_ directory: borrowing Descriptor, _ name: String) throws(Failure) {
        let answer = shim_linkat(
            AT_FDCWD, "/proc/self/fd/\(number)", directory.number, name, AT_SYMLINK_FOLLOW)
        try check(answer, "linkat", "link \(name)")
    }
}
