import Base
import CShim
import Linux
import OCI

/// `delete`: removes a stopped container; with `force` also any other, and whatever a runtime that was killed has left behind.
///
/// Of a container that is not stopped it must be an error, without effect (runtime.md, "Delete"); runc and crun also end one
/// that was created and not started.
public func delete(id: String, force: Bool, in options: RuntimeOptions) throws(Failure) {
    let id = try ContainerID(id)
    do throws(Failure) {
        if force { try endProcesses(id, options.store) }
        let folder = try options.store.find(id)
        let lock = try folder.lockWhileThere()
        guard let record = try folder.readRecord(forgivingBroken: force) else {
            guard force else { throw Failure.containerNotFound }
            return try folder.removeAll()
        }
        try delete(Container(folder: folder, record: record, lock: lock), force: force, options)
    } catch  where force && error.code == .containerNotFound {}
}

private func delete(
    _ container: borrowing Container, force: Bool, _ options: RuntimeOptions
) throws(Failure) {
    var record = container.record
    let status = try container.status()
    switch status {
    case .stopped: break
    case .created, .running, .paused, .creating:
        guard force else {
            throw Failure(
                "cannot delete container \(container.folder.id.text) that is not stopped: \(status.word)",
                hint: "stop it with kill, or use delete --force", code: .containerNotStopped)
        }
    }
    // Before anything is ended: what cannot be read now may be readable later, and the container is whole until then.
    var warnings: [Failure] = []
    let config = try keptConfig(of: container.folder, &warnings)
    if force { try forgetImpossibleCgroup(of: &record, &warnings) }
    if status != .stopped, status != .creating { try record.endInit() }
    try destroy(container.folder, record, config, options)
    for warning in warnings { options.warn(warning) }
}

/// The config.json that was kept, for its poststop hooks; nil if it is absent or its text means nothing any more.
private func keptConfig(
    of folder: borrowing ContainerFolder, _ warnings: inout [Failure]
) throws(Failure) -> Config? {
    guard let bytes = try keptBytes(of: folder) else { return nil }
    do throws(Failure) { return try Bundle.parse(bytes) } catch {
        warnings.append(error.during("the container's poststop hooks are not run: \(ContainerFolder.config)"))
        return nil
    }
}

private func keptBytes(of folder: borrowing ContainerFolder) throws(Failure) -> [UInt8]? {
    do throws(Failure) { return try folder.readConfig() } catch  where error.errno == .ENOENT { return nil }
}

/// Takes a recorded path that can be no cgroup's out of the record: there is nothing to end or remove by it, and it must not
/// keep the container for ever.
private func forgetImpossibleCgroup(of record: inout StateFile, _ warnings: inout [Failure]) throws(Failure) {
    guard let text = record.cgroup else { return }
    let path: CgroupPath
    do throws(Failure) {
        path = try CgroupPath(recorded: text)
    } catch {
        record.cgroup = nil
        return warnings.append(error.during("the container's cgroup is not removed"))
    }
    // ENOENT is here the mount's: of a cgroup that is only gone, open gives nil.
    do throws(Failure) { _ = try Cgroup.open(path) } catch  where error.saysNoCgroup && error.errno != .ENOENT {
        record.cgroup = nil
        warnings.append(error.during("the container's cgroup is not removed"))
    }
}

/// Ends the container's processes before its lock is had: whoever holds that may be waiting for them, as a maker does, and a
/// `start` whose hook in the container never ends. It sees their end, and lets the lock go.
private func endProcesses(_ id: ContainerID, _ store: Store) throws(Failure) {
    let folder = try store.find(id)
    do throws(Failure) {
        guard let record = try folder.readRecord() else { return }
        _ = try keptBytes(of: folder)
        if record.pid != nil {
            _ = try record.openInit()
            try record.send(signal: SIGKILL)
        } else {
            try record.killAll()
        }
    } catch {
        // It is tried again, and told of, with the lock.
    }
}

/// Removes all that a container is on the host, then runs its poststop hooks, whose failures are only warned of.
///
/// - Parameter config: nil where it cannot be read any more.
func destroy(
    _ folder: borrowing ContainerFolder, _ record: StateFile, _ config: Config?, _ options: RuntimeOptions
) throws(Failure) {
    if let cgroup = record.cgroup {
        // With a pid namespace of its own all processes ended with init, if it is known; else some may go on.
        if !record.hasPrivatePIDs || record.pid == nil {
            try record.killAll()
        }
        try Cgroup.remove(at: cgroup)
    }
    try folder.removeAll()
    guard let config else { return }
    for warning in try runHooks(.poststop, of: config, record) { options.warn(warning) }
}
