import Base
import CShim
import Linux
import OCI

/// How long a process has to end after SIGKILL, in milliseconds, as in runc. A process in state D (uninterruptible
/// sleep) does not end before its system call does, and must not keep us for ever.
let patienceMilliseconds = 10_000

extension PidDescriptor {
    /// Kills our child and waits for it.
    borrowing func killChild() {
        try? send(signal: SIGKILL)
        if waitUntilEnded(within: patienceMilliseconds) { _ = try? wait(hang: false) }
    }
}

/// Removes everything of a container that could not be made. The host does this after any failure.
///
/// Further failures in here are ignored, because the first failure is the one to report. `delete --force` finds what is
/// left.
///
/// - Returns: The poststop hooks that failed.
func abandon(_ session: inout HostSide, _ config: Config) -> [Failure] {
    // First our terminal: what follows may take long, and the user may want to stop it.
    session.foreground = nil
    session.hostTerminal = .none
    let wasBorn = session.pidfd.isOpen
    if wasBorn { session.pidfd.killChild() }
    session.removeCgroup()
    if session.folder.directory.isOpen { try? session.folder.removeAll() }
    // runtime.md, "Lifecycle", steps 3 to 6: after a failure, the lifecycle continues at the poststop hooks.
    guard wasBorn else { return [] }
    return (try? runHooks(.poststop, of: config, session.record)) ?? []
}
