import Base
import Linux
import OCI

/// A container that there is, with the lock on it, so that two commands cannot change it at once.
struct LockedContainer: ~Copyable {
    let folder: ContainerFolder
    private let lock: DirectoryLock
    let record: StateFile?

    /// Finds the container and waits for its lock.
    ///
    /// - Parameter passingOverBrokenRecord: Whether a record whose text means nothing is taken for none.
    /// - Throws: ``Failure``: `container does not exist`, also where it was deleted while we waited.
    init(_ id: ContainerID, in store: Store, passingOverBrokenRecord: Bool = false) throws(Failure) {
        let folder = try store.find(id)
        let lock = try folder.lock()
        guard try folder.directory.status().links > 0 else { throw Failure.containerNotFound }
        switch try folder.lookAtRecord() {
        case .whole(let found): record = found
        case .absent: record = nil
        case .broken(let failure):
            guard passingOverBrokenRecord else { throw failure }
            record = nil
        }
        self.folder = folder
        self.lock = lock
    }

    /// The record of a container that has one.
    borrowing func requireRecord() throws(Failure) -> StateFile {
        guard let record else { throw Failure.containerNotFound }
        return record
    }

    borrowing func status() throws(Failure) -> State.Status {
        try folder.status(of: record, proc: try Proc.host())
    }
}
