import Base
import OCI

/// The seccomp agent: a program on the host that decides on the calls of `SCMP_ACT_NOTIFY` (runtime-spec 1.3, config-linux.md,
/// `listenerPath`).
struct SeccompListener: Equatable {
    /// The socket that it listens on; a relative one is taken from the bundle.
    var path: String
    /// Where config.json names it.
    var pointer = "/linux/seccomp/listenerPath"
    /// What it is told beside the container's state.
    var metadata: String?

    /// crun's way to ask for the listener of a profile that passes no call on (crun(1), `run.oci.seccomp.receiver`).
    static let annotation = "run.oci.seccomp.receiver"

    /// - Parameter receiver: The socket of ``annotation``, which counts before `listenerPath`, and without a rule too.
    /// - Returns: nil where nobody needs one: `listenerPath` is ignored without a rule, as the spec says.
    /// - Throws: ``Failure`` for a rule that needs one where there is no path.
    init?(_ seccomp: Seccomp, receiver: String? = nil) throws(Failure) {
        if let receiver, !receiver.isEmpty {
            guard receiver.utf8.first == UInt8(ascii: "/") else {
                throw Failure(
                    "the path of the seccomp receiver must be absolute", pointer: "/annotations/\(Self.annotation)",
                    code: .relativePath)
            }
            path = receiver
            pointer = "/annotations/\(Self.annotation)"
            metadata = seccomp.listenerMetadata
            return
        }
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
