import Base
import CShim
import Linux
import OCI

/// How long a process has to end after SIGKILL, in milliseconds, as in runc. A process in state D (uninterruptible
/// sleep) does not end before its system call does, and must not keep us for ever.
let patience = 10_000

extension PidDescriptor {
    /// Kills our child and waits for it.
    borrowing func killChild() {
        try? send(signal: SIGKILL)
        if waitUntilEnded(within: patience) { _ = try? wait(hang: false) }
    }
}
