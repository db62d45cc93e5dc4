import Base
import Linux

/// Tells a security module which label to use, at the next execve or for objects that we make before it, through its
/// file in proc (proc_pid_attr(5)).
///
/// The file is in our own procfs: if the label were written to a fake file, the container would not be confined (runc
/// CVE-2019-16884, CVE-2025-31133).
enum SecurityLabel: InsideWork {
    static var word: StaticString { "label" }

    /// The AppArmor profile to change to at execve.
    case profile(String)
    /// The SELinux label to change to at execve.
    case process(String)
    /// The SELinux label of the keyrings that we make.
    case keys(String)

    var summary: String {
        switch self {
        case .profile(let name): "change to the AppArmor profile \(name) at execve"
        case .process(let label): "change to the SELinux label \(label) at execve"
        case .keys(let label): "make keyrings with the SELinux label \(label)"
        }
    }

    /// - Throws: ``Failure`` of `write`: ENOENT for a profile that is not loaded, EINVAL for a label that the policy
    ///   does not know, EACCES or EPERM if we may not change to it.
    func perform(_ session: inout InsideSide) throws(Failure) {
        do throws(Failure) {
            switch self {
            case .profile(let name): try Self.write(profile: name, session.proc)
            case .process(let label): try session.proc.write(label, to: "thread-self/attr/exec")
            case .keys(let label): try session.proc.write(label, to: "thread-self/attr/keycreate")
            }
        } catch {
            throw error.during(summary)
        }
    }

    /// Writes the profile to AppArmor's own file, which exists since Linux 5.8. With several security modules,
    /// attr/exec belongs to only one of them.
    private static func write(profile name: String, _ proc: borrowing Proc) throws(Failure) {
        let own = "thread-self/attr/apparmor/exec"
        let file: Descriptor
        do throws(Failure) { file = try proc.open(own, .writeOnly) } catch  where error.errno == .ENOENT {
            return try proc.write("exec \(name)", to: "thread-self/attr/exec")
        }
        try file.write("exec \(name)", "/proc/\(own)")
    }
}
