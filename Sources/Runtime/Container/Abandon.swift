import Base
import CShim
import Linux
import OCI

/// The host's one answer to any failure while a container is made: nothing of it is left.
///
/// Whatever fails here as well is passed over: the first failure is the one to tell. `delete --force` finds what is left.
func abandon(_ session: inout HostSide, _ config: Config) {
    let wasBorn = session.pidfd.isOpen
    if wasBorn { session.pidfd.killChild() }
    session.removeCgroup()
    if session.folder.directory.isOpen { try? session.folder.removeAll() }
    // runtime.md, "Lifecycle", steps 3 to 6: what fails goes on at the poststop hooks.
    if wasBorn { _ = try? runHooks(.poststop, of: config, session.record) }
}

/// How long a process has to end after SIGKILL, in milliseconds, as in runc: one that the kernel cannot end (state D) must not
/// keep us for ever.
let patience = 10_000

extension PidDescriptor {
    /// Ends our child and waits for it.
    borrowing func killChild() {
        try? send(signal: SIGKILL)
        if hasEnded(within: patience) { _ = try? wait(hang: false) }
    }
}

extension HostSide {
    /// The cgroup's directory for clone3(2), -1 without one.
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

    /// Whether the kernel ended a process of the container for want of memory.
    var wasKilledForMemory: Bool {
        switch cgroup {
        case .some(let cgroup): cgroup.memoryKills() > 0
        case .none: false
        }
    }

    /// Ends what is in the cgroup, and removes what was made of it.
    mutating func removeCgroup() {
        if let cgroup = cgroup.take() { cgroup.undo() }
    }
}
