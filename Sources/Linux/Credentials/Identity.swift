import Base
import CShim

/// The user and groups of the calling thread: the calls of credentials(7), by number only. It never looks a name up,
/// so no file of an image can choose a user (runc CVE-2016-3697).
public enum Identity {
    /// geteuid(2).
    public static var effectiveUser: UInt32 { shim_geteuid() }

    /// getegid(2).
    public static var effectiveGroup: UInt32 { shim_getegid() }

    /// getgroups(2): the supplementary groups. The kernel allows 65536 (credentials(7)).
    ///
    /// - Throws: ``Failure`` of `getgroups`, which only a seccomp filter around the runtime can cause.
    public static func getgroups() throws(Failure) -> [UInt32] {
        var answer: CInt = 0
        let limit = Int(NGROUPS_MAX)
        let groups = [UInt32](unsafeUninitializedCapacity: limit) { buffer, count in
            answer = shim_getgroups(CInt(limit), buffer.baseAddress)
            count = Int(max(answer, 0))
        }
        try check(answer, "getgroups", "read our groups")
        return groups
    }

    /// setgroups(2): replaces the supplementary groups; an empty list clears them.
    ///
    /// - Throws: ``Failure`` of `setgroups`: EPERM without CAP_SETGID, or if the user namespace denies it; EINVAL
    ///   for a gid that the user namespace does not map.
    public static func setgroups(_ groups: [UInt32]) throws(Failure) {
        try check(shim_setgroups(groups.count, groups), "setgroups", "set the additional groups")
    }

    /// setresgid(2): real, effective and saved group at once.
    public static func setresgid(_ gid: UInt32) throws(Failure) {
        try check(shim_setresgid(gid, gid, gid), "setresgid", "become group \(gid)")
    }

    /// setresuid(2): real, effective and saved user at once.
    public static func setresuid(_ uid: UInt32) throws(Failure) {
        try check(shim_setresuid(uid, uid, uid), "setresuid", "become user \(uid)")
    }
}
