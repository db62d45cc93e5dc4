import Base
import Linux
import OCI

/// `pause`: stops all processes of a container, by the freezer of its cgroup (kernel: Documentation/admin-guide/cgroup-v2.rst,
/// "cgroup.freeze"), and waits until they stand.
///
/// - Throws: ``Failure``: `container not running` unless it was created or runs; where the processes do not stand within 10 s
///   they are let go again.
public func pause(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try LockedContainer(try ContainerID(id), in: options.store)
    let record = try container.requireRecord()
    switch try container.status() {
    case .created, .running: break
    case .paused: throw Failure.containerNotRunning.hinting("it is paused already")
    case .creating, .stopped: throw Failure.containerNotRunning
    }
    try record.withCgroup(to: "pause") { cgroup throws(Failure) in try cgroup.freeze() }
}

/// `resume`: lets the processes of a paused container go on.
///
/// - Throws: ``Failure``: `container not paused`; where a parent's freezer holds it, after 10 s.
public func resume(id: String, in options: RuntimeOptions) throws(Failure) {
    let container = try LockedContainer(try ContainerID(id), in: options.store)
    let record = try container.requireRecord()
    guard try container.status() == .paused else { throw Failure("container not paused", code: .containerNotPaused) }
    try record.withCgroup(to: "resume") { cgroup throws(Failure) in try cgroup.thaw() }
}

extension StateFile {
    /// Lends the container's cgroup to `body`.
    ///
    /// - Parameter deed: What the cgroup is needed for.
    /// - Throws: ``Failure`` where the container has no cgroup, or it is gone.
    func withCgroup(
        to deed: String, _ body: (borrowing Cgroup) throws(Failure) -> Void
    ) throws(Failure) {
        guard let path = cgroup else {
            throw Failure("cannot \(deed) container \(id): it has no cgroup", hint: "it was made without one")
        }
        guard let cgroup = try Cgroup.open(try CgroupPath(recorded: path)) else {
            throw Failure("cannot \(deed) container \(id): its cgroup \(path) is gone")
        }
        try body(cgroup)
    }
}
