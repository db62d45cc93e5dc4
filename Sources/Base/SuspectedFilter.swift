/// Answers of system calls that no kernel gives which apus runs on: then somebody stands between us and the kernel.
///
/// A container engine, a service manager or a sandbox around apus may have loaded a seccomp filter that is older than our
/// calls, and answers them with ENOSYS or EPERM. "function not implemented" on a new kernel costs whoever reads it an hour; so
/// the call is named, and the filter is suspected.
public enum SuspectedFilter {
    /// What usually helps against `cause`, where the kernel itself cannot have said it.
    ///
    /// - Returns: nil for an answer that the kernel gives.
    public static func hint(_ cause: Failure.Cause) -> String? {
        guard cannotBeTheKernels(cause) else { return nil }
        return
            "Linux \(oldestKernel) and newer do not answer \(cause.call)(2) so: a seccomp filter around apus does, such as that of "
            + "the container or service that it runs in; let the filter allow \(cause.call)"
    }

    /// The same, for an answer that the kernel gives only to a process with fewer rights than apus asks for at its start.
    ///
    /// - Parameter isFiltered: Whether there is a filter around us.
    public static func hint(_ cause: Failure.Cause, isFiltered: Bool) -> String? {
        guard isFiltered, cause.errno == .EPERM, needsAdministration(cause.call) else { return nil }
        return "a seccomp filter around apus may forbid \(cause.call)(2): see what loaded it"
    }

    /// The oldest kernel that apus runs on; all the calls below are older.
    private static let oldestKernel = "5.14"

    /// ENOSYS is what a kernel says of a call that it does not have. EPERM is what most profiles answer; the calls listed have no
    /// reason of their own for it.
    private static func cannotBeTheKernels(_ cause: Failure.Cause) -> Bool {
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

    private static func needsAdministration(_ call: String) -> Bool {
        switch call {
        case "clone3", "openat2", "open_tree", "move_mount", "fsopen", "fsconfig", "fsmount", "mount_setattr",
            "execveat",
            "mount", "umount2", "pivot_root", "setns", "unshare", "bpf":
            true
        default: false
        }
    }
}
