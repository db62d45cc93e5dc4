import Base
import CShim
import Linux
import OCI

/// `delete`: removes a stopped container. With `force` it also removes a container in any other state, and whatever a
/// killed runtime left behind.
///
/// Without `force`, deleting a container that is not stopped must fail and have no effect (runtime.md, "Delete"). runc
/// and crun also delete one that was created but not started.
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
    // Read this before anything is killed. If it fails, the container is still whole, and the file may be readable
    // later.
    var warnings: [Failure] = []
    let config = try keptConfig(of: container.folder, record, &warnings)
    if force { try forgetImpossibleCgroup(of: &record, &warnings) }
    if status != .stopped, status != .creating { try record.endInit() }
    try destroy(container.folder, record, config, options)
    for warning in warnings { options.warn(warning) }
}

/// Reads the kept config.json, for its poststop hooks; nil if it is absent or its text has no meaning any more.
private func keptConfig(
    of folder: borrowing ContainerFolder, _ record: StateFile, _ warnings: inout [Failure]
) throws(Failure) -> Config? {
    guard let bytes = try keptBytes(of: folder, record) else { return nil }
    do throws(Failure) { return try Bundle.parse(bytes) } catch {
        warnings.append(error.during("the container's poststop hooks are not run: \(ContainerFolder.config)"))
        return nil
    }
}

private func keptBytes(of folder: borrowing ContainerFolder, _ record: StateFile) throws(Failure) -> [UInt8]? {
    do throws(Failure) { return try folder.readConfig(of: record) } catch  where error.errno == .ENOENT { return nil }
}

/// Removes the cgroup from the record if the recorded path cannot be a cgroup. Nothing can be killed or removed by such
/// a path, and it must not keep the container for ever.
private func forgetImpossibleCgroup(of record: inout StateFile, _ warnings: inout [Failure]) throws(Failure) {
    guard let text = record.cgroup else { return }
    let path: CgroupPath
    do throws(Failure) {
        path = try CgroupPath(recorded: text)
    } catch {
        record.cgroup = nil
        return warnings.append(error.during("the container's cgroup is not removed"))
    }
    // ENOENT here means that the cgroup2 mount is missing. If only the cgroup is gone, `open` returns nil.
    do throws(Failure) { _ = try Cgroup.open(path) } catch  where error.saysNoCgroup && error.errno != .ENOENT {
        record.cgroup = nil
        warnings.append(error.during("the container's cgroup is not removed"))
    }
}

/// Kills the container's processes before taking the lock. The process with the lock may be waiting for them: the
/// runtime that makes the container, or a `start` whose hook in the container never ends. It sees them end and releases
/// the lock.
private func endProcesses(_ id: ContainerID, _ store: Store) throws(Failure) {
    let folder = try store.find(id)
    do throws(Failure) {
        guard let record = try folder.readRecord() else { return }
        _ = try keptBytes(of: folder, record)
        if record.pid != nil {
            _ = try record.openInit()
            try record.send(signal: SIGKILL)
        } else {
            try record.killAll()
        }
    } catch {
        // With the lock, we try again and report the failure.
    }
}

/// Removes everything that the container has on the host, then runs its poststop hooks. A failing hook gives only a
/// warning.
///
/// - Parameter config: nil if it cannot be read any more.
func destroy(
    _ folder: borrowing ContainerFolder, _ record: StateFile, _ config: Config?, _ options: RuntimeOptions
) throws(Failure) {
    if let cgroup = record.cgroup {
        // If the container has its own pid namespace and we know its init, all processes have ended with init.
        // Otherwise some may still run.
        if !record.hasPrivatePIDs || record.pid == nil {
            try record.killAll()
        }
        try Cgroup.remove(at: cgroup)
    }
    do throws(Failure) { try record.stopUnit(options.buses) } catch { options.warn(error) }
    try folder.removeAll()
    guard let config else { return }
    for warning in try runHooks(.poststop, of: config, record) { options.warn(warning) }
}
