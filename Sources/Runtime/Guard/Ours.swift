import Base
import Linux

/// What the runtime may believe: a folder or file that nobody but its own user could have written.
///
/// State decides which program root runs as a hook, which process a signal ends and which cgroup is removed. If `--root`, a
/// container's folder or a file in it belongs to another user, or another user may write there, then that user would
/// decide.
///
/// The owner must be our own effective user, also in a user namespace, where the kernel translates both. Permissions
/// for the group and for others are looked at as well; an access control list that lets somebody else write shows there too,
/// since the group's bits are then the most that any entry of the list gives (acl(5)). Who may read is the caller's choice:
/// Docker and containerd make their roots 0711.
enum Ours {
    /// Write permission of the group and of others.
    static let writable: UInt32 = 0o022
    /// Any permission of the group and of others.
    static let shared: UInt32 = 0o077

    /// Refuses what `status` says is somebody else's.
    ///
    /// - Parameters:
    ///   - forbidden: The permission bits that must not be set: ``writable`` or ``shared``.
    ///   - name: What it is called in the message.
    /// - Throws: ``Failure`` (`forbidden`) that says what is wrong with it.
    static func check(
        _ status: FileStatus, _ kind: FileStatus.Kind, _ name: String, forbidden: UInt32 = writable
    ) throws(Failure) {
        guard status.kind == kind else {
            throw Failure(
                "\(name) is \(status.kind?.words ?? "something unknown"), not \(kind.words)", code: .forbidden)
        }
        let user = Identity.effectiveUser
        guard status.uid == user else {
            throw Failure("\(name) belongs to user \(status.uid), not to user \(user)", code: .forbidden)
        }
        guard status.permissions & forbidden == 0 else {
            let deed = forbidden == shared ? "use" : "write to"
            throw Failure(
                "\(name) has the mode 0\(String(status.permissions, radix: 8)): others may \(deed) it", code: .forbidden
            )
        }
    }

    /// Opens the file `name` in `folder`, and checks it before anything is read.
    ///
    /// No link is followed, no FIFO or device is waited for, and no terminal becomes ours.
    ///
    /// - Parameter path: What it is called in messages.
    /// - Throws: ``Failure`` of `openat`, or of ``check(_:_:_:forbidden:)``.
    static func open(
        _ name: String, in folder: borrowing Descriptor, _ kind: FileStatus.Kind = .regular,
        _ access: OpenFlags = .readOnly,
        path: String, forbidden: UInt32 = writable
    ) throws(Failure) -> Descriptor {
        let file: Descriptor
        do throws(Failure) {
            file = try folder.openat(name, [access, .noFollow, .nonBlocking, .noControllingTerminal])
        } catch  where error.errno == .ELOOP {
            throw Failure("\(path) is a symbolic link, not \(kind.words)", code: .forbidden)
        }
        try check(try file.status(), kind, path, forbidden: forbidden)
        return file
    }

    /// Opens the directory of `--root`. Links on the way to it are the caller's own.
    static func open(root path: String, _ access: OpenFlags = .path) throws(Failure) -> Descriptor {
        let root = try Linux.open(path, [access, .directory])
        try check(root, root: path)
        return root
    }

    /// Refuses somebody else's directory as `--root`.
    static func check(_ directory: borrowing Descriptor, root path: String) throws(Failure) {
        do throws(Failure) { try check(try directory.status(), .directory, "the state directory \(path)") } catch {
            throw error.hinting("choose another --root, or give it to the user that apus runs as, with mode 0700")
        }
    }
}
