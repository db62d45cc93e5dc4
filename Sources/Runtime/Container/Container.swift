import Base
import Linux
import OCI

/// A container that is there: its folder below `--root`, what is on record of it, and its lock if the caller wants to change it.
struct Container: ~Copyable {
    let folder: ContainerFolder
    let record: StateFile
    private let lock: DirectoryLock

    /// Looks at a container.
    ///
    /// - Throws: ``Failure``: `container does not exist`, also while its maker has not yet written the record.
    static func find(_ id: String, in options: RuntimeOptions) throws(Failure) -> Container {
        let folder = try options.store.find(try ContainerID(id))
        guard let record = try folder.readRecord() else { throw Failure.containerNotFound }
        return Container(folder: folder, record: record, lock: .none)
    }

    /// Waits for the lock of a container, so that two commands cannot change it at once.
    ///
    /// - Throws: ``Failure``: `container does not exist`, also if it was deleted while we waited.
    static func lock(_ id: String, in options: RuntimeOptions) throws(Failure) -> Container {
        let folder = try options.store.find(try ContainerID(id))
        let lock = try folder.lockWhileThere()
        guard let record = try folder.readRecord() else { throw Failure.containerNotFound }
        return Container(folder: folder, record: record, lock: lock)
    }

    init(folder: consuming ContainerFolder, record: StateFile, lock: consuming DirectoryLock) {
        self.folder = folder
        self.record = record
        self.lock = lock
    }

    borrowing func status() throws(Failure) -> State.Status {
        try folder.status(of: record, proc: try Proc.host())
    }

    /// Whether its init is there: created, running or paused.
    borrowing func isLive() throws(Failure) -> Bool {
        switch try status() {
        case .created, .running, .paused: true
        case .creating, .stopped: false
        }
    }

    /// - Throws: ``Failure``: `container not running` unless its init is there.
    borrowing func requireLive() throws(Failure) {
        guard try isLive() else { throw Failure.containerNotRunning }
    }

    /// The config.json that was kept at `create`.
    borrowing func config() throws(Failure) -> Config { try Bundle.parse(try folder.readConfig()) }
}

extension ContainerFolder {
    /// The container's status, worked out from what the kernel says now, so that it cannot be stale (runtime.md, "State").
    ///
    /// A pid whose process started at another time is another process: the pid was used again.
    borrowing func status(of record: StateFile?, proc: borrowing Proc) throws(Failure) -> State.Status {
        guard let record, let pid = record.pid else { return .creating }
        guard let start = try proc.start(of: pid), start.time == record.start, !start.hasEnded else { return .stopped }
        if let cgroup = record.cgroup, try Cgroup.isFrozen(at: cgroup) { return .paused }
        return try hasGate() ? .created : .running
    }
}

// What commands say of a container's state, in runc's words, on which callers match (WhatCallersRun, "Error words").
extension Failure {
    /// There is no container of that id.
    static var containerNotFound: Failure { Failure("container does not exist", code: .containerNotFound) }

    /// All of its processes stand still.
    static var paused: Failure {
        Failure("cannot exec in a paused container (use --ignore-paused to override)", code: .wrongState)
    }

    /// Its init has ended, or there is none yet.
    static var containerNotRunning: Failure { Failure("container not running", code: .containerNotRunning) }
}
