import Base
import CShim

extension Descriptor {
    /// read(2), once; 0 at the end of the file.
    public borrowing func read(into buffer: UnsafeMutableRawBufferPointer) throws(Failure) -> Int {
        let number = self.number
        return try check(
            uninterrupted { shim_read(number, buffer.baseAddress, buffer.count) }, "read", "read descriptor \(number)")
    }

    /// Reads to the end, at most `limit` bytes.
    ///
    /// - Parameter limit: In bytes. The runtime refuses a longer file, so that a huge or endless one cannot fill the
    ///   memory.
    /// - Throws: ``Failure`` of `read`; without a cause for a longer file.
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
                throw Failure("read \(what()): more than \(limit) bytes", hint: "apus refuses more than \(limit) bytes")
            }
            room = min(limit + 1 - bytes.count, 65536)
        }
    }

    /// pread(2) at offset 0, once: reads a small file from its beginning again, at most `limit` bytes.
    public borrowing func pread(limit: Int, _ what: @autoclosure () -> String) throws(Failure) -> [UInt8] {
        let number = self.number
        var answer = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
            answer = uninterrupted { shim_pread(number, buffer.baseAddress, limit, 0) }
            count = max(answer, 0)
        }
        try check(answer, "pread", "read \(what())")
        return bytes
    }

    /// Writes all of `bytes`. A procfs or cgroup file gets them in one write(2), as it requires.
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

    /// - Returns: 0, or the kernel's negative answer.
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

    /// lseek(2): moves to the first byte for the next read or write.
    public borrowing func rewind() throws(Failure) {
        try check(shim_lseek(number, 0, SEEK_SET), "lseek", "go back to the start of descriptor \(number)")
    }

    /// write(2), once.
    ///
    /// - Returns: How many bytes were written.
    /// - Throws: ``Failure``: EAGAIN if there is no room now and the descriptor is non-blocking.
    public borrowing func writeOnce(_ bytes: UnsafeRawBufferPointer) throws(Failure) -> Int {
        let number = self.number
        return try check(
            uninterrupted { shim_write(number, bytes.baseAddress, bytes.count) }, "write", "write descriptor \(number)")
    }
}

/// Writes `text` in one write(2) to a descriptor that somebody else owns, opened O_APPEND. A failure is ignored.
public func append(_ text: String, to file: CInt) {
    var text = text
    text.withUTF8 { _ = shim_write(file, $0.baseAddress, $0.count) }
}

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
    public borrowing func writeFileByRename(_ name: String, with text: String, mode: UInt32) throws(Failure) {
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
    /// already has the name, it is removed first: a reader that waits for the file sees no file, or the new one. If the
    /// open or the link fails, for example on a filesystem without O_TMPFILE, this is
    /// ``writeFileByRename(_:with:mode:)``, whose temporary file stays if we are killed.
    ///
    /// - Parameter mode: The permissions of the new file; the caller's umask applies.
    public borrowing func writeFileByLink(_ name: String, with text: String, mode: UInt32) throws(Failure) {
        do throws(Failure) {
            let file = try openat(".", [.writeOnly, .unnamed], mode: mode)
            try file.write(text, name)
            do throws(Failure) { try file.linkat(self, name) } catch  where error.errno == .EEXIST {
                do throws(Failure) { try unlinkat(name) } catch  where error.errno == .ENOENT {}
                try file.linkat(self, name)
            }
        } catch  where error.cause?.call == "openat" || error.cause?.call == "linkat" {
            try writeFileByRename(name, with: text, mode: mode)
        }
    }

    /// linkat(2): gives the unnamed file a name. It goes through /proc, since AT_EMPTY_PATH needs CAP_DAC_READ_SEARCH
    /// in the initial user namespace. It does not use ``Proc``, since linkat(2) takes a path. Only the host side writes
    /// such files, and whoever can mount over the host's /proc could as well replace the directory itself.
    private borrowing func linkat(_ directory: borrowing Descriptor, _ name: String) throws(Failure) {
        let answer = shim_linkat(
            AT_FDCWD, "/proc/self/fd/\(number)", directory.number, name, AT_SYMLINK_FOLLOW)
        try check(answer, "linkat", "link \(name)")
    }
}
