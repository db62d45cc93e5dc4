import Base
import Linux
import OCI

/// `run`: `create` and `start` in one; in the foreground also the wait for the end, with our signals passed on to init, and
/// `delete`.
///
/// - Returns: The container's exit status, 128 and the signal where one ended it; 0 with `detach`.
public func run(id: String, options: RunOptions, in runtime: RuntimeOptions) throws(Failure) -> CInt {
    let id = try ContainerID(id)
    try SealedBinary.ensure()
    guard !options.detach else {
        let container = try Make(id: id, options: options.create, runtime: runtime).perform()
        try startOrDestroy(container, runtime)
        return 0
    }
    // Held back from here on, so that none is lost before there is somebody to pass it on to.
    let signals = try SignalDescriptor.all()
    if !options.noSubreaper { try ProcessAttribute.becomeSubreaper() }
    let container = try Make(id: id, options: options.create, runtime: runtime).perform()
    try startOrDestroy(container, runtime)
    let end = try attend(to: container.pidfd, pid: container.record.pid ?? 0, signals)
    if !options.keep {
        // The container's status is what the caller waits for; what could not be removed is told beside it.
        do throws(Failure) { try remove(container, runtime) } catch { runtime.warn(error) }
    }
    return end.shellStatus
}

/// Removes the container that has ended, unless somebody deleted it meanwhile: its id may be another's by now.
private func remove(_ container: borrowing MadeContainer, _ runtime: RuntimeOptions) throws(Failure) {
    let lock = try container.folder.lock()
    guard try lock.directory.status().links > 0 else { return }
    try destroy(container.folder, container.record, container.config, runtime)
}

private func startOrDestroy(_ container: borrowing MadeContainer, _ runtime: RuntimeOptions) throws(Failure) {
    do throws(Failure) { try start(container.folder, container.record, container.config) } catch {
        container.pidfd.killChild()
        try? remove(container, runtime)
        throw error
    }
}

/// Passes signals on to a process of the container, and buries orphans, until it ends.
func attend(
    to pidfd: borrowing PidDescriptor, pid: Int32, _ signals: borrowing SignalDescriptor
) throws(Failure) -> ProcessEnd {
    while true {
        let signal = try signals.next(orEndOf: pidfd)
        if let end = try pidfd.wait(hang: false) { return end }
        switch signal {
        case nil, Signals.urgent, Signals.windowChange: continue
        case Signals.childEnded: buryOrphans(except: pid)
        case let signal?:
            do throws(Failure) { try pidfd.send(signal: signal) } catch  where error.errno == .ESRCH {}
        }
    }
}
