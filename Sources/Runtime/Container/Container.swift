import Base
import CShim
import Linux
import OCI

/// An existing container: its folder below `--root`, its record, and its lock if the caller wants to change it.
struct Container: ~Copyable {
    let folder: ContainerFolder
    let record: StateFile
    private let lock: DirectoryLock

    /// Finds a container without locking it.
    ///
    /// - Throws: ``Failure``: `container does not exist`, also if the runtime that makes it has not yet written the
    ///   record.
    static func find(_ id: String, in options: RuntimeOptions) throws(Failure) -> Container {
        let folder = try options.store.find(try ContainerID(id))
        guard let record = try folder.readRecord() else { throw Failure.containerNotFound }
        return Container(folder: folder, record: record, lock: .none)
    }

    /// Finds a container and waits for its lock, so that two commands cannot change it at once.
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

    /// Whether the container's init exists: the container is created, running or paused.
    borrowing func isLive() throws(Failure) -> Bool {
        switch try status() {
        case .created, .running, .paused: true
        case .creating, .stopped: false
        }
    }

    /// Refuses a container whose init does not exist.
    ///
    /// - Throws: ``Failure``: `container not running`.
    borrowing func requireLive() throws(Failure) {
        guard try isLive() else { throw Failure.containerNotRunning }
    }

    /// Reads the config.json that was kept at `create`.
    borrowing func config() throws(Failure) -> Config { try Bundle.parse(try folder.readConfig(of: record)) }
}

extension ContainerFolder {
    /// Works out the container's status from what the kernel says now, so that it cannot be stale (runtime.md,
    /// "State").
    ///
    /// If the process with the recorded pid started at another time, it is another process: the kernel has used the pid
    /// again.
    borrowing func status(of record: StateFile?, proc: borrowing Proc) throws(Failure) -> State.Status {
        guard let record, let pid = record.pid else { return .creating }
        guard let start = try proc.stat(of: pid), start.time == record.start, !start.hasEnded else { return .stopped }
        if let cgroup = record.cgroup, try Cgroup.isFrozen(at: cgroup) { return .paused }
        return try hasGate(of: record) ? .created : .running
    }
}

// The failures that commands report about a container's state, in runc's words: callers match on them (WhatCallersRun,
// "Error words").
extension Failure {
    /// No container has this id.
    static var containerNotFound: Failure { Failure("container does not exist", code: .containerNotFound) }

    /// All processes of the container are frozen.
    static var paused: Failure {
        Failure("cannot exec in a paused container (use --ignore-paused to override)", code: .wrongState)
    }

    /// The container's init has ended, or does not exist yet.
    static var containerNotRunning: Failure { Failure("container not running", code: .containerNotRunning) }
}

/// A compiled extended regular expression.
struct IDPattern: ~Copyable {
    private var expression = regex_t()

    init(_ text: String) throws(Failure) {
        let answer = regcomp(&expression, text, REG_EXTENDED | REG_NOSUB)
        guard answer == 0 else {
            throw Failure(
                "invalid regular expression \(quoted(text))", hint: "an extended one, as in regex(7)", code: .usage)
        }
    }

    deinit {
        var expression = expression
        regfree(&expression)
    }

    /// Whether some part of `id` matches.
    borrowing func fits(_ id: String) -> Bool {
        withUnsafePointer(to: expression) { regexec($0, id, 0, nil, 0) == 0 }
    }
}

/// Returns the ids of the containers that match an extended regular expression (regex(7)), in whole or in part, sorted.
/// `kill --regex` and `delete --regex` use it, as in crun.
public func containers(matching pattern: String, in options: RuntimeOptions) throws(Failure) -> [String] {
    let pattern = try IDPattern(pattern)
    return (try options.store.ids() ?? []).filter { pattern.fits($0) }
}
