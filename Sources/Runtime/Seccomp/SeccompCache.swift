import Base
import Linux

/// The filters compiled earlier for this `--root`. Compiling Docker's profile takes longer than the rest of `run`.
///
/// The cache is a folder, ``folderName``, beside the folders of the containers. Each entry is a file whose name is a
/// checksum of its key. If anything is wrong with the folder or a file (another owner, a mode that gives others access,
/// a symbolic link, a missing part, another key), the entry counts as absent. An entry is never changed: rename(2)
/// replaces it by a new one, so that concurrent runs need no lock. Containers do not depend on the cache; it may be
/// removed at any time.
enum SeccompCache {
    /// A container cannot have this name, because ids have no colon.
    static let folderName = ".cache:seccomp"

    /// The most files in the folder; a new one replaces the oldest. With ``SeccompCacheEntry/longest`` the folder has
    /// at most 8 MiB.
    static let mostEntries = 64

    /// Finds the filter for `key`.
    ///
    /// - Parameter store: The directory of `--root`.
    /// - Returns: nil if the cache does not have it.
    /// - Throws: ``Failure`` if there is an entry that must not be used.
    static func find(_ key: SeccompCacheKey, in store: borrowing Descriptor) throws(Failure) -> SeccompCacheEntry? {
        do throws(Failure) {
            let folder = try openFolder(in: store, .path)
            let name = fileName(of: key)
            let file = try Ours.open(name, in: folder, path: name, forbidden: Ours.shared)
            let bytes = try file.readAll(limit: SeccompCacheEntry.longest, name)
            guard let entry = SeccompCacheEntry(bytes, of: key) else {
                throw Failure("\(name) is damaged, or of another profile")
            }
            return entry
        } catch  where error.errno == .ENOENT {
            return nil
        } catch {
            throw error.during("use the seccomp cache")
        }
    }

    /// Stores a filter for the next run.
    ///
    /// - Throws: ``Failure`` if it could not be stored. The caller goes on without.
    static func keep(_ entry: SeccompCacheEntry, in store: borrowing Descriptor) throws(Failure) {
        do throws(Failure) {
            let bytes = entry.bytes
            guard bytes.count <= SeccompCacheEntry.longest else {
                throw Failure("it has \(bytes.count) bytes, more than \(SeccompCacheEntry.longest)")
            }
            do throws(Failure) { try store.mkdirat(folderName, mode: 0o700) } catch
                where error.errno == .EEXIST
            {}
            let folder = try openFolder(in: store, .readOnly)
            try makeRoom(in: folder)
            try write(bytes, to: fileName(of: entry.key), in: folder)
        } catch {
            throw error.during("keep the seccomp filter for the next time")
        }
    }

    /// The name of an entry's file. A checksum is enough: if two keys have the same one, ``find(_:in:)`` sees that the
    /// key differs.
    static func fileName(of key: SeccompCacheKey) -> String {
        let digits = String(SeccompCacheEntry.checksum(key.bytes[...]), radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private static func openFolder(
        in store: borrowing Descriptor, _ access: OpenFlags
    ) throws(Failure) -> Descriptor {
        try Ours.open(
            folderName, in: store, .directory, [access, .directory], path: folderName, forbidden: Ours.shared)
    }

    /// Writes to a temporary file first, under a name that no other run uses, not even one that was killed. A file that
    /// a killed run left behind is removed once it is one of the oldest.
    private static func write(_ bytes: [UInt8], to name: String, in folder: borrowing Descriptor) throws(Failure) {
        let temporary = "\(name).\(ThisProcess.pid).\(Clock.monotonic())"
        let file = try folder.openat(temporary, [.writeOnly, .create, .exclusive, .noFollow], mode: 0o600)
        do throws(Failure) {
            try bytes.withUnsafeBytesThrowing { bytes throws(Failure) in try file.write(bytes, name) }
            try folder.renameat(temporary, to: name)
        } catch {
            try? folder.unlinkat(temporary)
            throw error
        }
    }

    /// Removes the oldest files until there is room for one more.
    private static func makeRoom(in folder: borrowing Descriptor) throws(Failure) {
        let names = try folder.names()
        guard names.count >= mostEntries else { return }
        var files: [(name: String, written: Int64)] = []
        for name in names {
            // A file that is gone by now also makes room.
            guard let file = try? folder.openat(name, [.path, .noFollow]) else { continue }
            files.append((name, (try? file.status().modified) ?? 0))
        }
        files.sort { $0.written < $1.written }
        for file in files.prefix(names.count - mostEntries + 1) { try? folder.unlinkat(file.name) }
    }
}
