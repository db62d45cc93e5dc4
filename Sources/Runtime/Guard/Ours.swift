import Base
import Linux

/// Tells which files the runtime may trust: folders and files that only its own user could have written.
///
/// The state decides which program root runs as a hook, which process gets a signal and which cgroup is removed. If
/// another user owns or may write `--root`, a container's folder or a file in it, that user would decide.
///
/// The owner must be our own effective user. This also works in a user namespace, because the kernel translates both
/// numbers. The permissions of the group and of others are checked too. They also reveal an access control list that
/// lets another user write, because the group's bits then limit every entry of the list (acl(5)). Who may read is the
/// caller's choice: Docker and containerd make their roots 0711.
enum Ours {
    /// Write permission of the group and of others.
    static let writable: UInt32 = 0o022
    /// Any permission of the group and of others.
    static let shared: UInt32 = 0o077

    /// Refuses a file if `status` shows that another user could have written it.
    ///
    /// - Parameters:
    ///   - forbidden: The permission bits that must not be set: ``writable`` or ``shared``.
    ///   - name: The name of the file in the message.
    /// - Throws: ``Failure`` (`forbidden`) that says what is wrong with the file.
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

    /// Opens the file `name` in `folder`, and checks it before reading anything.
    ///
    /// The call follows no link, waits for no FIFO or device, and takes no terminal as our controlling terminal.
    ///
    /// - Parameter path: The name of the file in messages.
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

    /// Opens the directory of `--root`. It may follow links on the way there, because the caller chose that path.
    static func open(root path: String, _ access: OpenFlags = .path) throws(Failure) -> Descriptor {
        let root = try Linux.open(path, [access, .directory])
        try check(root, root: path)
        return root
    }

    /// Refuses a directory as `--root` if another user could have written it.
    static func check(_ directory: borrowing Descriptor, root path: String) throws(Failure) {
        do throws(Failure) { try check(try directory.status(), .directory, "the state directory \(path)") } catch {
            throw error.hinting("choose another --root, or give it to the user that apus runs as, with mode 0700")
        }
    }
}
