import Base
import CShim
import Linux
import OCI

/// Removes everything of a container that could not be made. The host does this after any failure.
///
/// Further failures in here are ignored, because the first failure is the one to report. `delete --force` finds what is
/// left.
func abandon(_ session: inout HostSide, _ config: Config) {
    let wasBorn = session.pidfd.isOpen
    if wasBorn { session.pidfd.killChild() }
    session.removeCgroup()
    if session.folder.directory.isOpen { try? session.folder.removeAll() }
    // runtime.md, "Lifecycle", steps 3 to 6: after a failure, the lifecycle continues at the poststop hooks.
    if wasBorn { _ = try? runHooks(.poststop, of: config, session.record) }
}

/// How long a process has to end after SIGKILL, in milliseconds, as in runc. A process in state D (uninterruptible
/// sleep) does not end before its system call does, and must not keep us for ever.
let patience = 10_000

extension PidDescriptor {
    /// Kills our child and waits for it.
    borrowing func killChild() {
        try? send(signal: SIGKILL)
        if hasEnded(within: patience) { _ = try? wait(hang: false) }
    }
}

extension HostSide {
    /// The cgroup's directory for clone3(2); -1 without a cgroup.
    var cgroupDirectory: CInt {
        switch cgroup {
        case .some(let cgroup): cgroup.directory.number
        case .none: -1
        }
    }

    /// Whether the container has a cgroup of its own.
    var hasCgroup: Bool { cgroupDirectory >= 0 }

    /// Lends the cgroup to `body`.
    borrowing func withCgroup(_ body: (borrowing Cgroup) throws(Failure) -> Void) throws(Failure) {
        switch cgroup {
        case .some(let cgroup): try body(cgroup)
        case .none: throw Failure("there is no cgroup yet")
        }
    }

    /// Whether the kernel's OOM killer has killed a process of the container.
    var wasKilledForMemory: Bool {
        switch cgroup {
        case .some(let cgroup): cgroup.memoryKills() > 0
        case .none: false
        }
    }

    /// Kills the processes in the cgroup and removes what we made of it.
    mutating func removeCgroup() {
        if let cgroup = cgroup.take() { cgroup.undo() }
    }
}
