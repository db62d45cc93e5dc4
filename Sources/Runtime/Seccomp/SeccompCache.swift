import Base
import Linux

/// The filters that were compiled below this `--root` before: compiling Docker's profile takes longer than all the rest of `run`.
///
/// It is a folder beside those of the containers, ``folderName``, and an entry is a file in it, whose name is a checksum of its
/// key. Whatever is wrong with the folder or a file - another owner, a mode that lets anybody else in, a symbolic link, a part
/// missing, another key - it is as if the entry were not there. No entry is ever changed: a new one replaces it by rename(2),
/// so that runs at the same time need no lock. The containers themselves do not depend on it: it may be removed at any time.
enum SeccompCache {
    /// No container's id can be this: ids have no colon.
    static let folderName = ".cache:seccomp"

    /// The most files in the folder; the oldest goes for a new one. With ``SeccompCacheEntry/longest`` that is 8 MiB at most.
    static let mostEntries = 64

    /// Finds the filter of `key`.
    ///
    /// - Parameter store: The directory of `--root`.
    /// - Returns: nil where there is none.
    /// - Throws: ``Failure`` where something is there that must not be used.
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

    /// Keeps a filter for the next time.
    ///
    /// - Throws: ``Failure`` where it could not be kept, which is no reason to stop.
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

    /// A checksum is enough for a name: a file of another key with the same one is no hit.
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

    /// Under a name that nobody else has, not even a run that was killed; what such a run left is one of the oldest some day.
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
            // One that is gone by now is room, too.
            guard let file = try? folder.openat(name, [.path, .noFollow]) else { continue }
            files.append((name, (try? file.status().modified) ?? 0))
        }
        files.sort { $0.written < $1.written }
        for file in files.prefix(names.count - mostEntries + 1) { try? folder.unlinkat(file.name) }
    }
}
