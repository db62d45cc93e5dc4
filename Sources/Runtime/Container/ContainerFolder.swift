import Base
import Linux
import OCI

/// What a container's folder says of it.
enum FoundRecord {
    case whole(StateFile)
    /// There is no record yet.
    case absent
    /// Its text is no record. The failure says why.
    case broken(Failure)
}

/// A container's folder below `--root`: its record, its config.json, its gate.
struct ContainerFolder: ~Copyable {
    let id: ContainerID
    let path: String
    let store: Descriptor
    let directory: Descriptor

    /// The names of its files.
    static let record = "state.json"
    static let config = "config.json"

    /// No folder yet.
    static var none: ContainerFolder {
        ContainerFolder(id: .none, path: "", store: .none, directory: .none)
    }

    /// Waits for the one lock a container has (flock(2) on its folder).
    ///
    /// It is let go with the value, also by the death of the process.
    borrowing func lock() throws(Failure) -> DirectoryLock {
        try DirectoryLock(try directory.openat(".", [.readOnly, .directory]), "container \(id.text)")
    }

    /// The same of a container that is there.
    ///
    /// - Throws: ``Failure``: `container does not exist` if it was deleted while we waited.
    borrowing func lockWhileThere() throws(Failure) -> DirectoryLock {
        let lock = try lock()
        guard try directory.status().links > 0 else { throw Failure.containerNotFound }
        return lock
    }

    /// The container's record; nil while the container is being made, and where its maker died before it was.
    ///
    /// - Parameter forgivingBroken: Whether a record whose text means nothing counts as missing.
    /// - Throws: ``Failure`` also of a broken record.
    borrowing func readRecord(forgivingBroken: Bool = false) throws(Failure) -> StateFile? {
        switch try lookAtRecord() {
        case .whole(let record): return record
        case .absent: return nil
        case .broken(let failure):
            guard forgivingBroken else { throw failure }
            return nil
        }
    }

    /// What there is of a record.
    ///
    /// Only a text that can be read and means nothing is broken. A call that fails says nothing of the container, which may be
    /// alive.
    ///
    /// - Throws: ``Failure`` of a failed call, and of a record that is somebody else's.
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
        try directory.replaceFile(Self.record, with: record.json(.compact), mode: 0o600)
    }

    /// Keeps the bytes of config.json: what the bundle's says later must have no effect (runtime.md, "Lifecycle").
    borrowing func keep(config bytes: [UInt8]) throws(Failure) {
        let file = try directory.openat(Self.config, [.writeOnly, .create, .truncate, .noFollow], mode: 0o600)
        try bytes.withUnsafeBytesThrowing { bytes throws(Failure) in try file.write(bytes, "\(path)/\(Self.config)") }
    }

    borrowing func readConfig() throws(Failure) -> [UInt8] {
        let path = "\(self.path)/\(Self.config)"
        return try Ours.open(Self.config, in: directory, path: path).readAll(limit: Bundle.configLimit, path)
    }

    /// Whether `start` has not been called yet.
    borrowing func hasGate() throws(Failure) -> Bool { try StartGate.exists(in: directory) }

    /// Removes the folder and what is in it. One that is gone already is no error.
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
