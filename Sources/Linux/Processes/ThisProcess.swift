import Base
import CShim

/// Calls about the calling process.
public enum ThisProcess {
    /// prctl(2), PR_SET_DUMPABLE 0: nobody without CAP_SYS_PTRACE in our user namespace can trace us or open our
    /// descriptors (runc CVE-2016-9962).
    public static func forbidTracing() throws(Failure) {
        try check(shim_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "forbid tracing")
    }

    /// prctl(2), PR_SET_DUMPABLE 1: our own user may read /proc/PID and join our namespaces.
    public static func allowTracing() throws(Failure) {
        try check(shim_prctl(PR_SET_DUMPABLE, 1, 0, 0, 0), "prctl", "allow tracing")
    }

    /// prctl(2), PR_SET_NAME: sets the name that `ps` shows; the kernel cuts it at 15 bytes.
    public static func setName(_ name: String) {
        _ = name.withCString { shim_prctl(PR_SET_NAME, UInt(bitPattern: $0), 0, 0, 0) }
    }

    /// prctl(2), PR_SET_NO_NEW_PRIVS: from here on execve(2) grants no privileges.
    public static func forbidNewPrivileges() throws(Failure) {
        try check(shim_prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "prctl", "set noNewPrivileges")
    }

    /// prctl(2), PR_SET_CHILD_SUBREAPER: makes us the parent of our orphaned descendants.
    public static func becomeSubreaper() throws(Failure) {
        try check(shim_prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0), "prctl", "become a subreaper")
    }

    /// setsid(2).
    public static func setsid() throws(Failure) {
        try check(shim_setsid(), "setsid", "start a session")
    }

    /// umask(2); it cannot fail.
    public static func umask(_ mask: UInt32) { _ = shim_umask(mask) }

    /// umask(2), set and set back, since no call only reads it.
    public static func currentMask() -> UInt32 {
        let mask = shim_umask(0o022)
        _ = shim_umask(mask)
        return mask
    }

    /// The value of a variable of the environment that the process was started with; nil if it is absent.
    public static func environment(_ name: String) -> String? {
        guard var entry = shim_environment() else { return nil }
        while let text = entry.pointee {
            let variable = String(cString: text)
            if variable.utf8.starts(with: name.utf8),
                variable.utf8.dropFirst(name.utf8.count).first == UInt8(ascii: "=")
            {
                return String(decoding: variable.utf8.dropFirst(name.utf8.count + 1), as: UTF8.self)
            }
            entry += 1
        }
        return nil
    }

    /// The pid as the process itself sees it.
    public static var pid: Int32 { shim_getpid() }

    /// getppid(2).
    public static var parent: Int32 { shim_getppid() }

    /// prctl(2), PR_SET_PDEATHSIG: the kernel kills us if our parent dies. It may be dead already.
    public static func dieWithParent() { _ = shim_prctl(PR_SET_PDEATHSIG, UInt(SIGKILL), 0, 0, 0) }

    /// _exit(2): no handler runs, no buffer is written.
    public static func exit(_ status: CInt) -> Never { shim_exit(status) }

    /// close_range(2): closes all descriptors above `last` except those in `kept`.
    public static func closeRange(above last: CInt, except kept: [CInt]) throws(Failure) {
        let action = "close the runtime's descriptors"
        var first = last + 1
        for number in kept.sorted() where number >= first {
            if number > first {
                try check(shim_close_range(UInt32(first), UInt32(number - 1), 0), "close_range", action)
            }
            first = number + 1
        }
        try check(shim_close_range(UInt32(first), .max, 0), "close_range", action)
    }

    /// close_range(2): closes the descriptors from `first` to `last`. Only a seccomp filter can make the call fail, and
    /// then they stay open.
    public static func closeRange(from first: CInt, to last: CInt) {
        _ = shim_close_range(UInt32(first), UInt32(last), 0)
    }

    /// Marks the descriptors from `first` to `last` close-on-exec (close_range(2), CLOSE_RANGE_CLOEXEC).
    ///
    /// - Parameter last: The last one; nil for all.
    public static func markDescriptorsCloseOnExec(from first: CInt, to last: CInt? = nil) throws(Failure) {
        let answer = shim_close_range(UInt32(first), last.map { UInt32($0) } ?? .max, CLOSE_RANGE_CLOEXEC)
        try check(answer, "close_range", "mark descriptors close-on-exec")
    }

    /// getcwd(2): the kernel's own answer, which begins with `(unreachable)` for a directory outside the root (runc
    /// CVE-2024-21626).
    public static func getcwd() throws(Failure) -> String {
        var answer = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, count in
            answer = buffer.withMemoryRebound(to: CChar.self) { shim_getcwd($0.baseAddress, $0.count) }
            count = max(answer - 1, 0)
        }
        try check(answer, "getcwd", "find the current directory")
        return String(decoding: bytes, as: UTF8.self)
    }

    /// sethostname(2); the length counts bytes.
    public static func sethostname(_ name: String) throws(Failure) {
        try check(shim_sethostname(name, name.utf8.count), "sethostname", "set the hostname to \(name)")
    }

    /// setdomainname(2); the length counts bytes.
    public static func setdomainname(_ name: String) throws(Failure) {
        try check(shim_setdomainname(name, name.utf8.count), "setdomainname", "set the domainname to \(name)")
    }
}

// How the calling process, and all that it starts, runs: sched(7), numa(7), personality(2).
extension ThisProcess {
    /// sched_setaffinity(2): lets the calling process run on every processor of its cgroup.
    ///
    /// Since Linux 6.2 the kernel remembers the mask that was once set for a process, and a cpuset can only narrow it
    /// (commit da019032819a, "sched: Enforce user requested affinity"). So a container started by a pinned caller
    /// would stay on its caller's processors. The kernel reduces the mask to the existing processors; 8192 is the most
    /// of any build (NR_CPUS).
    ///
    /// - Throws: ``Failure`` of `sched_setaffinity`: ENOSYS if a seccomp filter around us hides it.
    public static func allowAllProcessors() throws(Failure) {
        let mask = [UInt8](repeating: 0xFF, count: 8192 / 8)
        try check(shim_sched_setaffinity(0, mask.count, mask), "sched_setaffinity", "allow every processor")
    }

    /// sched_setaffinity(2): lets the calling process run only on these processors.
    ///
    /// - Parameter mask: Bit N is processor N.
    /// - Throws: ``Failure`` of `sched_setaffinity`: EINVAL if none of them exists and is in the cgroup.
    public static func schedSetaffinity(_ mask: [UInt64]) throws(Failure) {
        let answer = mask.withUnsafeBytes { shim_sched_setaffinity(0, $0.count, $0.baseAddress) }
        try check(answer, "sched_setaffinity", "choose the processors")
    }

    /// set_mempolicy(2), for the calling process and all that it starts.
    ///
    /// - Parameters:
    ///   - mode: `MPOL_*`, with the `MPOL_F_*` flags.
    ///   - nodes: Bit N is memory node N; empty for no nodes.
    /// - Throws: ``Failure`` of `set_mempolicy`: EINVAL for a mode that the kernel does not have, flags that do not
    ///   fit it, or nodes that do not exist; ENOSYS for a kernel without NUMA.
    public static func setMempolicy(_ mode: CInt, nodes: [UInt64]) throws(Failure) {
        // The kernel reads one bit less than the count.
        let count = nodes.isEmpty ? 0 : UInt(nodes.count * 64 + 1)
        let answer = nodes.withUnsafeBufferPointer {
            shim_set_mempolicy(mode, count == 0 ? nil : $0.baseAddress, count)
        }
        try check(answer, "set_mempolicy", "set the memory policy")
    }

    /// personality(2): the execution domain, `PER_*`.
    public static func personality(_ domain: UInt) throws(Failure) {
        try check(shim_personality(domain), "personality", "set the execution domain")
    }
}
