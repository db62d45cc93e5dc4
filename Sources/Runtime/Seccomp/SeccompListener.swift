import Base
import OCI

/// The seccomp agent: a program on the host that decides on the calls of `SCMP_ACT_NOTIFY` (runtime-spec 1.3, config-linux.md,
/// `listenerPath`).
struct SeccompListener: Equatable {
    /// The socket that it listens on; a relative one is taken from the bundle.
    var path: String
    /// What it is told beside the container's state.
    var metadata: String?

    /// - Returns: nil where no rule needs one: `listenerPath` is then ignored, as the spec says.
    /// - Throws: ``Failure`` for a rule that needs one where there is no path.
    init?(_ seccomp: Seccomp) throws(Failure) {
        guard let index = (seccomp.syscalls ?? []).firstIndex(where: { $0.action == .notify }) else { return nil }
        guard let path = seccomp.listenerPath, !path.isEmpty else {
            throw Failure(
                "SCMP_ACT_NOTIFY needs a listenerPath", pointer: "/linux/seccomp/syscalls/\(index)/action",
                hint: "set linux.seccomp.listenerPath to the socket of a seccomp agent", code: .missingCompanion)
        }
        self.path = path
        metadata = seccomp.listenerMetadata
    }
}
