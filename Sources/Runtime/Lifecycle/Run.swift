import Base
import Linux
import OCI

/// `run`: `create` and `start` in one. In the foreground it also passes our signals on to init, waits for the end of
/// the container, and deletes it.
///
/// Call ``sealProgram(for:in:)-(CreateOptions,_)`` before.
///
/// - Returns: The container's exit status, or 128 plus the signal that ended it; 0 with `detach`.
public func run(id: String, options: RunOptions, in runtime: RuntimeOptions) throws(Failure) -> CInt {
    let id = try ContainerID(id)
    // A service manager's relay must be open before the program starts.
    let isRelayed = options.create.notifySocket != nil
    let make = CreateContainer(
        id: id, options: options.create, start: isRelayed ? .atGate : options.detach ? .atOnce : .inForeground,
        detaches: options.detach, runtime: runtime)
    guard !options.detach else {
        let container = try make.perform()
        var relay = try startOrDestroy(container, options, runtime)
        waitUntilReady(&relay, container.pidfd, container.record, runtime)
        return 0
    }
    // From here on signals are blocked and kept, so that none is lost before init can receive it.
    let signals = try SignalDescriptor.allButFaults()
    if !options.noSubreaper { try ThisProcess.becomeSubreaper() }
    var container = try make.perform()
    let end = try startAndAttend(to: &container, signals, options, runtime)
    if !options.keep {
        // The caller waits for the container's exit status. If something could not be removed, we only warn.
        do throws(Failure) { try remove(container, runtime) } catch { runtime.warn(error) }
    }
    return end.shellStatus
}

/// Removes the ended container, unless somebody has deleted it in the meantime: another container may have its id by
/// now.
private func remove(_ container: borrowing MadeContainer, _ runtime: RuntimeOptions) throws(Failure) {
    let lock = try container.folder.lock()
    guard try lock.directory.status().links > 0 else { return }
    try destroy(container.folder, container.record, container.config, runtime)
}

/// Starts the container and returns.
///
/// - Returns: The relay that tells a service manager when the program is ready.
private func startOrDestroy(
    _ container: borrowing MadeContainer, _ options: RunOptions, _ runtime: RuntimeOptions
) throws(Failure) -> NotifyRelay {
    do throws(Failure) {
        let relay = try NotifyRelay.open(in: container.folder, to: options.create.notifySocket)
        if !container.isStarted { try openGate(in: container.folder, container.config, container.record) }
        try runPoststartHooks(container.config, container.record)
        return relay
    } catch {
        destroy(container, runtime)
        throw error
    }
}

/// Kills and removes a container that could not be started. Further failures are ignored.
private func destroy(_ container: borrowing MadeContainer, _ runtime: RuntimeOptions) {
    container.pidfd.killChild()
    try? remove(container, runtime)
}

extension MadeContainer {
    /// Returns the foreground that the script entered before the program started, or else enters it now.
    fileprivate mutating func takeForeground(_ signals: consuming SignalDescriptor) throws(Failure) -> Foreground {
        if let entered = foreground.take() { return entered }
        return try Foreground(
            signals, terminal: exchange(&terminal, with: .none), at: exchange(&hostTerminal, with: .none))
    }
}

/// Starts the container and stays until its init has ended. Restores our own terminal before it returns.
private func startAndAttend(
    to container: inout MadeContainer, _ signals: consuming SignalDescriptor, _ options: RunOptions,
    _ runtime: RuntimeOptions
) throws(Failure) -> ProcessEnd {
    do throws(Failure) {
        var foreground = try container.takeForeground(signals)
        foreground.notify = try NotifyRelay.open(in: container.folder, to: options.create.notifySocket)
        if !container.isStarted { try openGate(in: container.folder, container.config, container.record) }
        foreground.hooks = try .begin(container.config, container.record)
        let end = try foreground.attend(to: container.pidfd, pid: container.record.pid ?? 0)
        for warning in foreground.warnings { runtime.warn(warning) }
        return end
    } catch {
        destroy(container, runtime)
        throw error
    }
}
