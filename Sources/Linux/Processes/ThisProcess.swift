import Base
import CShim

/// Calls about the calling process.
public enum ThisProcess {
    /// prctl(2), PR_SET_DUMPABLE 0: nobody in the container can trace us or open our descriptors (runc CVE-2016-9962).
    public static func forbidTracing() throws(Failure) {
        try check(shim_prctl(PR_SET_DUMPABLE, 0, 0, 0, 0), "prctl", "forbid tracing")
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

    /// The pid as the process itself sees it.
    public static var pid: Int32 { shim_getpid() }

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

    /// close_range(2): closes the descriptors from `first` to `last`.
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
