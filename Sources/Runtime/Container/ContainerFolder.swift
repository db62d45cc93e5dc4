import Base
import Linux
import OCI

/// What a container's folder holds as its record.
enum FoundRecord {
    case whole(StateFile)
    /// The folder has no record yet.
    case absent
    /// The file is there, but its text is not a record. The failure says why.
    case broken(Failure)
}

/// A container's folder below `--root`, which holds its record, its config.json and its gate.
struct ContainerFolder: ~Copyable {
    let id: ContainerID
    let path: String
    let store: Descriptor
    let directory: Descriptor

    /// The names of the files in it.
    static let record = "state.json"
    static let config = "config.json"

    /// A folder that does not exist yet.
    static var none: ContainerFolder {
        ContainerFolder(id: .none, path: "", store: .none, directory: .none)
    }

    /// Waits for the container's only lock (flock(2) on its folder).
    ///
    /// The kernel releases the lock when the value goes away, and when the process dies.
    borrowing func lock() throws(Failure) -> DirectoryLock {
        try DirectoryLock(try directory.openat(".", [.readOnly, .directory]), "container \(id.text)")
    }

    /// Waits for the lock of a container that must still exist afterwards.
    ///
    /// - Throws: ``Failure``: `container does not exist` if it was deleted while we waited.
    borrowing func lockWhileThere() throws(Failure) -> DirectoryLock {
        let lock = try lock()
        guard try directory.status().links > 0 else { throw Failure.containerNotFound }
        return lock
    }

    /// Reads the container's record.
    ///
    /// - Parameter forgivingBroken: Whether to treat a broken record as a missing one.
    /// - Returns: nil while the container is being made, or if its maker died before it wrote the record.
    /// - Throws: ``Failure``, also for a broken record.
    borrowing func readRecord(forgivingBroken: Bool = false) throws(Failure) -> StateFile? {
        switch try lookAtRecord() {
        case .whole(let record): return record
        case .absent: return nil
        case .broken(let failure):
            guard forgivingBroken else { throw failure }
            return nil
        }
    }

    /// Reads the record and tells a missing one from a broken one.
    ///
    /// A record is broken only if its text can be read but has no meaning. A failed system call says nothing about the
    /// container, which may still be alive.
    ///
    /// - Throws: ``Failure`` of a failed call, or for a record that belongs to another user.
    borrowing func lookAtRecord() throws(Failure) -> FoundRecord {
        let path = "\(self.path)/\(Self.record)"
        let bytes: [UInt8]
        do throws(Failure) {
            bytes = try Ours.open(Self.record, in: directory, path: path).readAll(limit: 16 << 20, path)
        } catch {
            if error.errno == .ENOENT { return .absent }
            guard error.cause == nil, error.code != .forbidden else { throw error }
            return .broken(error)
        }
        do throws(Failure) { return .whole(try StateFile(json: bytes)) } catch {
            return .broken(
                Failure("read \(path): \(error.action)", hint: "delete --force removes the container"))
        }
    }

    borrowing func write(_ record: StateFile) throws(Failure) {
        try directory.writeFileByRename(Self.record, with: record.json(.compact), mode: 0o600)
    }

    /// Keeps the bytes of config.json: later changes in the bundle must have no effect (runtime.md, "Lifecycle").
    borrowing func keep(config bytes: [UInt8]) throws(Failure) {
        let file = try directory.openat(Self.config, [.writeOnly, .create, .truncate, .noFollow], mode: 0o600)
        try bytes.withUnsafeBytesThrowing { bytes throws(Failure) in try file.write(bytes, "\(path)/\(Self.config)") }
    }

    /// Reads the kept config.json. runc keeps none: of a container that it made, this is the bundle's, which runc reads
    /// too.
    borrowing func readConfig(of record: StateFile) throws(Failure) -> [UInt8] {
        let path = "\(self.path)/\(Self.config)"
        do throws(Failure) {
            return try Ours.open(Self.config, in: directory, path: path).readAll(limit: Bundle.configLimit, path)
        } catch  where error.errno == .ENOENT && record.isOfRunc {
            return try Bundle.read("\(record.bundle)/\(Self.config)")
        }
    }

    /// Whether `start` has not been called yet.
    borrowing func hasGate(of record: StateFile) throws(Failure) -> Bool {
        record.isOfRunc ? try RuncGate.exists(in: directory) : try StartGate.exists(in: directory)
    }

    /// Removes the folder and everything in it. It is no error if the folder is already gone.
    borrowing func removeAll() throws(Failure) {
        for name in try directory.openat(".", [.readOnly, .directory]).names() {
            do throws(Failure) { try directory.unlinkat(name) } catch  where error.errno == .ENOENT {
            } catch  where error.errno == .EISDIR {
                try NotifyFolder.remove(from: directory)
            }
        }
        do throws(Failure) { try store.unlinkat(id.text, isDirectory: true) } catch  where error.errno == .ENOENT {}
    }
}

extension Array<UInt8> {
    /// `withUnsafeBytes` with a typed throw.
    func withUnsafeBytesThrowing(_ body: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try withUnsafeBufferPointer { buffer throws(Failure) in try body(UnsafeRawBufferPointer(buffer)) }
    }
}
