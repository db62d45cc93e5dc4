import Base
import CShim

/// The session keyring of a process (keyrings(7), session-keyring(7)).
public enum Keyring {
    /// The processes that may search for keys in a keyring (keyctl_setperm(3)).
    public enum Searcher: Equatable, Sendable {
        /// The keyring's owner: `KEY_USR_SEARCH`.
        case owner
        /// Any process that has its id: `KEY_OTH_SEARCH`. In a user namespace the owner may be another id.
        case anybody

        var permission: UInt {
            switch self {
            case .owner: UInt(KEY_USR_SEARCH)
            case .anybody: UInt(KEY_OTH_SEARCH)
            }
        }
    }

    /// Joins the session keyring `name` instead of the inherited one, makes it if it does not exist (keyctl(2),
    /// KEYCTL_JOIN_SESSION_KEYRING), and lets `searcher` search for keys in it.
    ///
    /// - Throws: ``Failure`` of `keyctl`: ENOSYS if the kernel, or a seccomp filter around us, has no keyrings.
    public static func joinSession(_ name: String, searchableBy searcher: Searcher) throws(Failure) {
        let action = "join the session keyring \(name)"
        let keyring = try check(
            name.withCString { shim_keyctl(KEYCTL_JOIN_SESSION_KEYRING, UInt(bitPattern: $0), 0, 0, 0) }, "keyctl",
            action)
        // 0: it is ours already.
        guard keyring > 0 else { return }
        let permissions = try permissions(of: keyring, action) | searcher.permission
        try check(shim_keyctl(KEYCTL_SETPERM, UInt(keyring), permissions, 0, 0), "keyctl", action)
    }

    /// KEYCTL_DESCRIBE: `keyring;0;0;3f130000;_ses`; the fourth field is the permissions.
    private static func permissions(of keyring: CInt, _ action: String) throws(Failure) -> UInt {
        var answer: CInt = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: 512) { buffer, count in
            answer = shim_keyctl(KEYCTL_DESCRIBE, UInt(keyring), UInt(bitPattern: buffer.baseAddress), 512, 0)
            count = min(max(Int(answer), 0), 512)
        }
        try check(answer, "keyctl", action)
        let fields = bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false)
        guard fields.count > 4, let permissions = UInt(String(decoding: fields[3], as: UTF8.self), radix: 16) else {
            throw Failure("\(action): its description cannot be read")
        }
        return permissions
    }
}
