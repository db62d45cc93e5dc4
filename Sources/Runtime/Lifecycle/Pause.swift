import Base
import Linux
import OCI

/// `pause`: stops all processes of a container, by the freezer of its cgroup (kernel: Documentation/admin-guide/cgroup-v2.rst,
/// "cgroup.freeze"), and waits until they stand.
///
/// - Throws: ``Failure``: `container not running` unless it was created or runs; where the processes do not stand within 10 s
///   they are let go again.
public func pause(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.lock(id, in: options)
    switch try container.status() {
    case .created, .running: break
    case .paused: throw Failure.containerNotRunning.hinting("it is paused already")
    case .creating, .stopped: throw Failure.containerNotRunning
    }
    try container.record.withCgroup(to: "pause") { cgroup throws(Failure) in try cgroup.freeze() }
}

/// `resume`: lets the processes of a paused container go on.
///
/// - Throws: ``Failure``: `container not paused`; where a parent's freezer holds it, after 10 s.
public func resume(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try Container.lock(id, in: options)
    guard try container.status() == .paused else { throw Failure("container not paused", code: .containerNotPaused) }
    try container.record.withCgroup(to: "resume") { cgroup throws(Failure) in try cgroup.thaw() }
}
