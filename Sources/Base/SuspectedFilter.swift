/// Recognizes answers to system calls that cannot come from any kernel that apus supports. Then a seccomp filter stands
/// between us and the kernel.
///
/// A container engine, a service manager or a sandbox around apus may have loaded a filter that is older than the calls
/// we make. It answers them with ENOSYS or EPERM. "function not implemented" on a new kernel can cost its reader an
/// hour, so the hint names the call and suspects the filter.
public enum SuspectedFilter {
    /// Returns a hint if the kernel itself cannot have given the answer in `cause`.
    ///
    /// - Returns: nil if the kernel can give this answer.
    public static func hint(_ cause: Failure.Cause) -> String? {
        guard isImpossibleFromKernel(cause) else { return nil }
        return
            "Linux \(oldestKernel) and newer do not answer \(cause.call)(2) so: a seccomp filter around apus does, such as that of "
            + "the container or service that it runs in; let the filter allow \(cause.call)"
    }

    /// Returns a hint for an answer that the kernel gives only to a process with fewer rights than apus requires at its
    /// start.
    ///
    /// - Parameter isFiltered: Whether a filter is loaded around us.
    public static func hint(_ cause: Failure.Cause, isFiltered: Bool) -> String? {
        guard isFiltered, cause.errno == .EPERM, needsSysAdmin(cause.call) else { return nil }
        return "a seccomp filter around apus may forbid \(cause.call)(2): see what loaded it"
    }

    /// The oldest kernel that apus supports. All the calls below are older.
    private static let oldestKernel = "5.14"

    /// Whether no supported kernel gives this answer. ENOSYS means that the kernel does not have the call. EPERM is
    /// what most profiles answer; the calls listed with it have no other reason to fail so.
    private static func isImpossibleFromKernel(_ cause: Failure.Cause) -> Bool {
        switch (cause.errno, cause.call) {
        case (.ENOSYS, "clone3"), (.ENOSYS, "openat2"), (.ENOSYS, "open_tree"), (.ENOSYS, "move_mount"),
            (.ENOSYS, "fsopen"), (.ENOSYS, "fsconfig"), (.ENOSYS, "fsmount"), (.ENOSYS, "mount_setattr"),
            (.ENOSYS, "close_range"), (.ENOSYS, "execveat"), (.ENOSYS, "faccessat2"), (.ENOSYS, "pidfd_open"),
            (.ENOSYS, "pidfd_getfd"), (.ENOSYS, "pidfd_send_signal"), (.ENOSYS, "statx"), (.ENOSYS, "renameat2"),
            (.ENOSYS, "memfd_create"), (.ENOSYS, "mount"), (.ENOSYS, "umount2"), (.ENOSYS, "pivot_root"),
            (.ENOSYS, "setns"), (.ENOSYS, "unshare"), (.ENOSYS, "prlimit"), (.ENOSYS, "prlimit64"):
            true
        case (.EPERM, "close_range"), (.EPERM, "faccessat2"), (.EPERM, "pidfd_open"), (.EPERM, "statx"),
            (.EPERM, "fstatfs"), (.EPERM, "getcwd"):
            true
        default: false
        }
    }

    private static func needsSysAdmin(_ call: String) -> Bool {
        switch call {
        case "clone3", "openat2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr",
            "execveat",
            "mount", "umount2", "pivot_root", "setns", "unshare", "bpf":
            true
        default: false
        }
    }
}
