import Base
import Linux
import OCI

/// `pause`: freezes all processes of a container with the freezer of its cgroup (kernel:
/// Documentation/admin-guide/cgroup-v2.rst, "cgroup.freeze"), and waits until they are frozen.
///
/// - Throws: ``Failure``: `container not running` unless it is created or running. If the processes are not frozen
///   within 10 s, they are released again.
public func pause(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.lock(id, in: options)
    switch try container.status() {
    case .created, .running: break
    case .paused: throw Failure.containerNotRunning.hinting("it is paused already")
    case .creating, .stopped: throw Failure.containerNotRunning
    }
    try container.record.withCgroup(to: "pause") { cgroup throws(Failure) in try cgroup.freeze() }
}

/// `resume`: lets the processes of a paused container continue.
///
/// - Throws: ``Failure``: `container not paused`; after 10 s, if a parent cgroup keeps it frozen.
public func resume(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.lock(id, in: options)
    guard try container.status() == .paused else { throw Failure("container not paused", code: .containerNotPaused) }
    try container.record.withCgroup(to: "resume") { cgroup throws(Failure) in try cgroup.thaw() }
}
